"""Typed attributes: what can be said about a kind of product."""

import datetime
from decimal import Decimal

from django.db import models

from shop.core.keys import KeyField


class ProductType(models.Model):
    key = KeyField()
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    class Kind(models.TextChoices):
        TEXT = "TEXT", "Text"
        NUMBER = "NUMBER", "Number"
        CHOICE = "CHOICE", "Choice"
        BOOLEAN = "BOOLEAN", "Yes or no"
        DATE = "DATE", "Date"

    key = KeyField()
    product_type = models.ForeignKey(
        ProductType, on_delete=models.CASCADE, related_name="attributes"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    unit = models.CharField(max_length=20, blank=True)
    is_filterable = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product_type", "code"], name="attribute_code_unique_per_type"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttributeChoice(models.Model):
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    value = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attribute", "value"], name="attribute_choice_value_once"
            ),
        ]

    def __str__(self) -> str:
        return self.value


class AttributeValue(models.Model):
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="attribute_values"
    )
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    text = models.TextField(blank=True)
    number = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    boolean = models.BooleanField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    choice = models.ForeignKey(
        AttributeChoice, null=True, blank=True, on_delete=models.PROTECT, related_name="values"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "attribute"], name="attribute_value_once_per_product"
            ),
        ]

    def __str__(self) -> str:
        return f"attribute {self.attribute_id} of product {self.product_id}"

    def plain(self, kind: str) -> str | Decimal | bool | datetime.date | None:
        """The value in the column that the attribute's kind uses."""
        if kind == Attribute.Kind.NUMBER:
            return self.number
        if kind == Attribute.Kind.BOOLEAN:
            return self.boolean
        if kind == Attribute.Kind.DATE:
            return self.date
        return self.text
