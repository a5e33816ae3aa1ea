"""What goes out and comes in by the buttons above the lists."""

from __future__ import annotations

from typing import Any

from import_export.fields import Field

from shop.directory.access import policies as access
from shop.directory.customers.models import Customer
from shop.doors.backoffice.pipeline_resource import PipelineResource
from shop.goods.catalog.models import Product, Variant
from shop.goods.inventory.models import StockItem
from shop.platform.transfer.formats.plain_customers import PlainCustomers
from shop.platform.transfer.formats.plain_orders import PlainOrders
from shop.platform.transfer.formats.plain_products import PlainProducts
from shop.platform.transfer.formats.plain_stock import PlainStock
from shop.sales.orders import policies
from shop.sales.orders.models import Order, OrderLine

PERSONAL = frozenset({"email", "full_name"})


class ProductResource(PipelineResource):
    """A row is a variant, as in the plain format of the import command."""

    parser_class = PlainProducts
    handle = Field(attribute="product__slug", column_name="handle")
    name = Field(attribute="product__name", column_name="name")
    brand = Field(attribute="product__brand", column_name="brand")
    categories = Field(column_name="categories")
    price = Field(column_name="price")
    compare_at = Field(column_name="compare_at")
    tax_class = Field(attribute="product__tax_class__code", column_name="tax_class")
    hsn_code = Field(attribute="product__hsn_code", column_name="hsn_code")
    is_published = Field(attribute="product__is_published", column_name="is_published")

    class Meta:
        model = Variant
        import_id_fields = ("sku",)
        use_transactions = True
        fields = (
            "handle", "sku", "name", "brand", "categories", "price", "compare_at", "tax_class",
            "hsn_code", "barcode", "weight_grams", "is_published", "is_active",
        )  # fmt: skip
        export_order = fields

    def get_queryset(self) -> Any:
        """Everything a row shows, in a few queries."""
        return (
            Variant.objects.select_related("product__tax_class", "product__primary_category")
            .prefetch_related("prices")
            .order_by("product__slug", "position", "pk")
        )

    def export(self, queryset: Any = None, **kwargs: Any) -> Any:
        """The list shows products; the file has a row for each of their variants."""
        rows = self.get_queryset()
        if queryset is not None and queryset.model is Product:
            rows = rows.filter(product__in=queryset.order_by().values("pk"))
        return super().export(queryset=rows, **kwargs)

    def dehydrate_categories(self, variant: Variant) -> str:
        """The path of the main category."""
        category = variant.product.primary_category
        return category.path if category else ""

    def dehydrate_price(self, variant: Variant) -> str:
        """The price of the first price list."""
        price = next(iter(variant.prices.all()), None)
        return f"{price.amount:f}" if price else ""

    def dehydrate_compare_at(self, variant: Variant) -> str:
        """The old price, where one is shown."""
        price = next(iter(variant.prices.all()), None)
        return f"{price.compare_at:f}" if price and price.compare_at is not None else ""


class StockResource(PipelineResource):
    """How many of a SKU lie where; importing counts, through the ledger."""

    parser_class = PlainStock
    sku = Field(attribute="variant__sku", column_name="sku")
    location = Field(attribute="location__code", column_name="location")

    class Meta:
        model = StockItem
        import_id_fields = ("sku",)
        use_transactions = True
        fields = ("sku", "location", "on_hand", "reserved", "safety")
        export_order = fields


class CustomerResource(PipelineResource):
    """Who they are; figures go out but never come in."""

    parser_class = PlainCustomers

    class Meta:
        model = Customer
        import_id_fields = ("email",)
        use_transactions = True
        fields = (
            "email", "full_name", "phone", "company_name", "source", "source_number", "country",
            "order_count", "lifetime_value", "currency", "created_at",
        )  # fmt: skip
        export_order = fields


class OrderResource(PipelineResource):
    """A row is a line, as in the plain format of the import command; imports are history."""

    parser_class = PlainOrders
    number = Field(attribute="order__number", column_name="number")
    placed_at = Field(column_name="placed_at")
    email = Field(attribute="order__email", column_name="email")
    full_name = Field(attribute="order__full_name", column_name="full_name")
    currency = Field(attribute="order__currency", column_name="currency")
    status = Field(attribute="order__status", column_name="status")
    payment_status = Field(attribute="order__payment_status", column_name="payment_status")

    class Meta:
        model = OrderLine
        import_id_fields = ("number",)
        use_transactions = True
        fields = (
            "number", "placed_at", "email", "full_name", "sku", "title", "quantity", "unit_price",
            "discount", "tax", "currency", "status", "payment_status",
        )  # fmt: skip
        export_order = fields

    def export(self, queryset: Any = None, **kwargs: Any) -> Any:
        """The list shows orders; the file has a row for each of their lines."""
        rows = OrderLine.objects.select_related("order").order_by("order__placed_at", "pk")
        if self.user is not None:
            rows = rows.filter(pk__in=policies.lines_visible_to(self.user).values("pk"))
        if queryset is not None and queryset.model is Order:
            rows = rows.filter(order__in=queryset.order_by().values("pk"))
        return super().export(queryset=rows, **kwargs)

    def get_export_fields(self, selected_fields: Any = None) -> Any:
        """Sellers learn what was sold, not to whom."""
        shown = super().get_export_fields(selected_fields)
        if self.user is not None and access.is_seller_only(self.user):
            return [field for field in shown if field.column_name not in PERSONAL]
        return shown

    def dehydrate_placed_at(self, line: OrderLine) -> str:
        """A moment that reads back as the same moment."""
        return line.order.placed_at.isoformat()
