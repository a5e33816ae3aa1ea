"""Places as the post and the tax office name them."""

from django.db import models


class Country(models.Model):
    """A country by its two-letter ISO code."""

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """A sales region: a group of states that reports add up."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


class State(models.Model):
    """A state or union territory, with its code for the post and its code for GST."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="states")
    code = models.CharField(max_length=6)
    gst_code = models.CharField(max_length=2, blank=True)
    name = models.CharField(max_length=100)
    region = models.ForeignKey(
        Region, on_delete=models.SET_NULL, null=True, blank=True, related_name="states"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="state_code_per_country"),
        ]

    def __str__(self) -> str:
        return self.name


class PostalCode(models.Model):
    """A postal code with the place it stands for; its point is approximate."""

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="postal_codes")
    code = models.CharField(max_length=12)
    city = models.CharField(max_length=100, blank=True)
    district = models.CharField(max_length=100, blank=True)
    state = models.ForeignKey(
        State, on_delete=models.PROTECT, null=True, blank=True, related_name="postal_codes"
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "code"], name="postal_code_once_per_country"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CityAlias(models.Model):
    """Another name of a city, in lower case, and the name the store uses."""

    alias = models.CharField(max_length=100, unique=True)
    city = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "city aliases"

    def __str__(self) -> str:
        return f"{self.alias} → {self.city}"
