"""The store as a legal person, its places and its free days."""

from django.db import models
from django.db.models import Q

from shop.core.keys import KeyField

PROFILE_ID = 1


class StoreProfile(models.Model):
    """Who sells, as documents and the tax office must know it; there is one."""

    legal_name = models.CharField(max_length=200, default="Modern Store")
    line1 = models.CharField("address", max_length=200, blank=True)
    line2 = models.CharField("address, second line", max_length=200, blank=True)
    city = models.CharField(max_length=100, default="Madanapalle")
    state = models.CharField(max_length=6, default="AP")
    postal_code = models.CharField("PIN code", max_length=12, default="517325")
    country = models.CharField(max_length=2, default="IN")
    # A made-up number with a right check digit: the merchant enters the real one.
    gstin = models.CharField("GSTIN", max_length=15, blank=True, default="37AAAAA0000A1Z1")
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    division = models.CharField(max_length=100, blank=True)
    logo = models.ImageField(upload_to="store/", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=PROFILE_ID), name="store_profile_is_one_row"),
        ]

    def __str__(self) -> str:
        return self.legal_name


class Location(models.Model):
    """A place of the store: where goods lie, where people work."""

    class Kind(models.TextChoices):
        """What a location is for."""

        WAREHOUSE = "WAREHOUSE", "Warehouse"
        STORE = "STORE", "Store"
        OFFICE = "OFFICE", "Office"

    key = KeyField()
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.WAREHOUSE)
    line1 = models.CharField("address", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=6, blank=True)
    postal_code = models.CharField("PIN code", max_length=12, blank=True)
    country = models.CharField(max_length=2, default="IN")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    priority = models.PositiveIntegerField(default=100, help_text="Lower serves first")
    is_active = models.BooleanField(default=True)
    phone = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A dated free day; those of every year are the option `hours.holidays`."""

    on = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
