"""Rows of an order: everything is copied as bought, nothing is looked up again."""

from dataclasses import fields
from decimal import Decimal

from django.db import models

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField
from shop.core.rows import HotRow
from shop.directory.geography.addresses import PostalAddress

ZERO = Decimal(0)
ADDRESS_PARTS = fields(PostalAddress)


class OrderStatus(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    ACTIVATED = "ACTIVATED", "Activated"
    COMPLETED = "COMPLETED", "Completed"
    CANCELLED = "CANCELLED", "Cancelled"


class OrderType(models.TextChoices):
    NORMAL = "NORMAL", "Normal"
    BULK = "BULK", "Bulk"
    RETURN = "RETURN", "Return"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"


class Channel(models.TextChoices):
    WEB = "WEB", "Web"
    REP = "REP", "Sales rep"
    PHONE = "PHONE", "Phone"
    MARKETPLACE = "MARKETPLACE", "Marketplace"
    STORE = "STORE", "Retail store"
    CRM = "CRM", "CRM"
    SUBSCRIPTION = "SUBSCRIPTION", "Subscription"
    API = "API", "API"
    IMPORT = "IMPORT", "Import"


class PaymentStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    AUTHORIZED = "AUTHORIZED", "Authorised"
    PAID = "PAID", "Paid"
    PART_PAID = "PART_PAID", "Part-paid"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"
    REFUNDED = "REFUNDED", "Refunded"
    PART_REFUNDED = "PART_REFUNDED", "Part-refunded"


class FulfillmentStatus(models.TextChoices):
    UNFULFILLED = "UNFULFILLED", "Unfulfilled"
    PACKED = "PACKED", "Packed"
    PART_SHIPPED = "PART_SHIPPED", "Part-shipped"
    SHIPPED = "SHIPPED", "Shipped"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", "Out for delivery"
    DELIVERED = "DELIVERED", "Delivered"
    RETURNED = "RETURNED", "Returned"


class Order(HotRow):
    """One purchase of one customer."""

    key = KeyField()
    number = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="orders")
    cart_key = models.CharField(max_length=26, blank=True, default="")
    status = models.CharField(max_length=10, choices=OrderStatus.choices, default=OrderStatus.DRAFT)
    order_type = models.CharField(
        max_length=10, choices=OrderType.choices, default=OrderType.NORMAL
    )
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.WEB)
    source = models.CharField(max_length=40, blank=True, default="")
    source_number = models.CharField(max_length=64, blank=True, default="")
    payment_status = models.CharField(
        max_length=13, choices=PaymentStatus.choices, default=PaymentStatus.PENDING
    )
    payment_method = models.CharField(max_length=20, blank=True, default="")
    fulfillment_status = models.CharField(
        max_length=16, choices=FulfillmentStatus.choices, default=FulfillmentStatus.UNFULFILLED
    )

    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    full_name = models.CharField(max_length=200, blank=True, default="")

    currency = CurrencyField()
    price_list_code = models.CharField(max_length=40, blank=True, default="")
    is_tax_inclusive = models.BooleanField(default=True)
    goods_total = AmountField(default=ZERO)
    discount_total = AmountField(default=ZERO)
    shipping_total = AmountField(default=ZERO)
    tax_total = AmountField(default=ZERO)
    fee_total = AmountField(default=ZERO)
    grand_total = AmountField(default=ZERO)
    paid_total = AmountField(default=ZERO)
    refunded_total = AmountField(default=ZERO)
    discounts = models.JSONField(default=list, blank=True)
    tax_summary = models.JSONField(default=list, blank=True)

    shipping_code = models.CharField(max_length=40, blank=True, default="")
    shipping_name = models.CharField(max_length=120, blank=True, default="")
    shipping_net = AmountField(default=ZERO)
    shipping_cgst = AmountField(default=ZERO)
    shipping_sgst = AmountField(default=ZERO)
    shipping_igst = AmountField(default=ZERO)
    shipping_tax = AmountField(default=ZERO)
    shipping_tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=ZERO)
    delivery_from = models.DateField(null=True, blank=True)
    delivery_to = models.DateField(null=True, blank=True)
    place_of_supply = models.CharField(max_length=10, blank=True, default="")
    shipping_city = models.CharField(max_length=120, blank=True, default="")
    shipping_state = models.CharField(max_length=120, blank=True, default="")
    shipping_country = models.CharField(max_length=2, blank=True, default="")
    region = models.CharField(max_length=60, blank=True, default="")

    placed_by = models.ForeignKey(
        "customers.User", models.SET_NULL, null=True, blank=True, related_name="orders_placed"
    )
    sales_rep = models.ForeignKey(
        "customers.User", models.SET_NULL, null=True, blank=True, related_name="orders_represented"
    )
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=40, blank=True, default="")
    note = models.TextField(blank=True, default="")
    is_history = models.BooleanField(default=False)
    custom = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "source", "source_number"],
                condition=~models.Q(source_number=""),
                name="source_number_is_unique_per_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(grand_total__gte=0)
                | models.Q(order_type__in=["RETURN", "ADJUSTMENT"]),
                name="only_returns_and_adjustments_are_negative",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="COMPLETED")
                | models.Q(paid_total__gte=models.F("grand_total")),
                name="completed_order_is_paid",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_total__gte=0), name="refunded_total_is_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["-placed_at"], name="orders_latest_first"),
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
            models.Index(fields=["email"], name="orders_by_email"),
            models.Index(fields=["phone"], name="orders_by_phone"),
            models.Index(fields=["full_name"], name="orders_by_full_name"),
            models.Index(fields=["source_number"], name="orders_by_source_number"),
            models.Index(fields=["currency"], name="orders_by_currency"),
            models.Index(fields=["status", "-placed_at"], name="orders_by_status"),
            models.Index(
                fields=["placed_at"],
                condition=models.Q(status="DRAFT"),
                name="draft_orders_by_age",
            ),
        ]
        permissions = [
            ("place_order_for_customer", "Can place an order for a customer"),
            ("activate_order", "Can activate an order"),
            ("complete_order", "Can complete an order"),
            ("cancel_order", "Can cancel an order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid."""
        return max(self.grand_total - self.paid_total, ZERO)


class AddressKind(models.TextChoices):
    BILLING = "BILLING", "Billing"
    SHIPPING = "SHIPPING", "Shipping"


class OrderAddress(models.Model):
    """An address as it was given with the order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=8, choices=AddressKind.choices)
    full_name = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    line1 = models.CharField(max_length=200, blank=True, default="")
    line2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=120, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="IN")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "kind"], name="one_order_address_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.city}"

    def postal_address(self) -> PostalAddress:
        """The same address as a value."""
        return PostalAddress(**{each.name: getattr(self, each.name) for each in ADDRESS_PARTS})


class LineKind(models.TextChoices):
    GOODS = "GOODS", "Goods"
    CHARGE = "CHARGE", "Charge"


class OrderLine(models.Model):
    """One thing bought, with the words and prices of that day."""

    key = KeyField()
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=LineKind.choices, default=LineKind.GOODS)
    variant = models.ForeignKey(
        "catalog.Variant", models.SET_NULL, null=True, blank=True, related_name="order_lines"
    )
    product_key = models.CharField(max_length=26, blank=True, default="")
    variant_key = models.CharField(max_length=26, blank=True, default="")
    sku = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=300)
    variant_title = models.CharField(max_length=200, blank=True, default="")
    quantity = models.PositiveIntegerField()
    list_unit_price = AmountField()
    unit_price = AmountField()
    gross = AmountField()
    discount = AmountField(default=ZERO)
    net = AmountField()
    cgst = AmountField(default=ZERO)
    sgst = AmountField(default=ZERO)
    igst = AmountField(default=ZERO)
    tax = AmountField(default=ZERO)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=ZERO)
    hsn_code = models.CharField(max_length=10, blank=True, default="")
    total = AmountField()
    owner = models.ForeignKey(
        "customers.User", models.SET_NULL, null=True, blank=True, related_name="lines_sold"
    )
    location = models.ForeignKey(
        "organization.Location", models.SET_NULL, null=True, blank=True, related_name="order_lines"
    )
    shipped_quantity = models.PositiveIntegerField(default=0)
    returned_quantity = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="order_line_has_at_least_one_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(shipped_quantity__lte=models.F("quantity")),
                name="no_more_is_shipped_than_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_quantity__lte=models.F("quantity")),
                name="no_more_comes_back_than_ordered",
            ),
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
        ]
        indexes = [models.Index(fields=["sku"], name="order_lines_by_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class OrderAllocation(models.Model):
    """The stock reservation that serves a line, or a part of it."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="allocations")
    reservation = models.OneToOneField(
        "inventory.Reservation", models.PROTECT, related_name="order_allocation"
    )
    location = models.ForeignKey(
        "organization.Location", models.PROTECT, related_name="order_allocations"
    )
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="allocation_has_at_least_one_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"
