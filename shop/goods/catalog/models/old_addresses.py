"""Slugs that were once in use, kept so that old links still lead somewhere."""

from django.db import models


class OldAddress(models.Model):
    class Kind(models.TextChoices):
        PRODUCT = "PRODUCT", "Product"
        CATEGORY = "CATEGORY", "Category"

    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.CharField(max_length=1000)
    target_key = models.CharField(max_length=26, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "old addresses"
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="old_address_once"),
        ]

    def __str__(self) -> str:
        return self.slug
