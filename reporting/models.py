"""Rolled-up figures: written by jobs from orders, read by the report pages."""

from django.conf import settings
from django.db import models

from shop.core.money import CurrencyField


class DailySales(models.Model):
    """What was sold on one day of the store's calendar, in one currency, by place and people."""

    day = models.DateField()
    currency = CurrencyField()
    order_type = models.CharField(max_length=12)
    channel = models.CharField(max_length=16)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    sales_rep = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="daily_sales"
    )
    orders = models.IntegerField()
    units = models.BigIntegerField()
    goods_units = models.BigIntegerField(help_text="Goods before discount, ten-thousandths.")
    discount_units = models.BigIntegerField(help_text="Discounts, ten-thousandths.")
    shipping_units = models.BigIntegerField(help_text="Shipping, ten-thousandths.")
    tax_units = models.BigIntegerField(help_text="Tax contained in the total, ten-thousandths.")
    total_units = models.BigIntegerField(help_text="Order totals, ten-thousandths.")

    class Meta:
        verbose_name = "daily sales"
        verbose_name_plural = "daily sales"
        indexes = [models.Index(fields=["currency", "day"], name="daily_sales_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"


class ProductSales(models.Model):
    """What one article sold at one price, in a span that the heirs name."""

    currency = CurrencyField()
    order_type = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)
    sku = models.CharField(max_length=100)
    title = models.CharField(max_length=255)
    unit_price_units = models.BigIntegerField(help_text="Unit price, ten-thousandths.")
    lines = models.IntegerField()
    units = models.BigIntegerField()
    total_units = models.BigIntegerField(help_text="Line totals, ten-thousandths.")

    class Meta:
        abstract = True


class DailyProductSales(ProductSales):
    """What one article sold on one day at one price."""

    day = models.DateField()

    class Meta:
        verbose_name = "daily product sales"
        verbose_name_plural = "daily product sales"
        indexes = [models.Index(fields=["currency", "day"], name="daily_product_sales_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.sku}"


class MonthlyProductSales(ProductSales):
    """What one article sold in one month of the store's calendar at one price."""

    month = models.DateField(help_text="The first day of the month.")

    class Meta:
        verbose_name = "monthly product sales"
        verbose_name_plural = "monthly product sales"
        indexes = [
            models.Index(fields=["currency", "month"], name="monthly_product_sales_by_month")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.sku}"


class RolledMonth(models.Model):
    """Whether a month's sums hold what its days hold; who changes either locks this row."""

    month = models.DateField(unique=True, help_text="The first day of the month.")
    is_fresh = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class DailyLedger(models.Model):
    """How many orders of one day held sales, returns or corrections."""

    day = models.DateField()
    currency = CurrencyField()
    what = models.CharField(max_length=8)
    orders = models.IntegerField()
    lines = models.IntegerField()
    total_units = models.BigIntegerField(help_text="Line totals, ten-thousandths.")

    class Meta:
        verbose_name = "daily ledger"
        verbose_name_plural = "daily ledgers"
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "day", "what"], name="one_ledger_row_per_day_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what}"


class StaleDay(models.Model):
    """A day whose figures must be computed again. Appended only, so nobody waits for anybody."""

    day = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="stale_day_by_day")]

    def __str__(self) -> str:
        return str(self.day)
