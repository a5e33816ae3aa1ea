"""Products, stock, payments and the menu of the back office."""

import pytest
from django.urls import reverse

from shop.directory.access import roles
from shop.doors.backoffice.payment_resource import PaymentResource
from shop.doors.backoffice.resources import ProductResource
from shop.goods.catalog.models import Product, Variant
from shop.goods.inventory.models import StockItem, StockMovement
from shop.pricing.price_lists.models import Price
from shop.sales.payments.models import Payment
from tests.factories.catalog import CategoryFactory, TaxClassFactory
from tests.factories.customers import UserFactory
from tests.factories.orders import placed_order
from tests.factories.pricing import PriceListFactory, sellable_variant

pytestmark = pytest.mark.django_db
LISTS = {
    "catalog.product": "admin:catalog_product_changelist",
    "orders.order": "admin:orders_order_changelist",
    "customers.customer": "admin:customers_customer_changelist",
    "customers.lead": "admin:customers_lead_changelist",
    "payments.payment": "admin:payments_payment_changelist",
    "inventory.stockitem": "admin:inventory_stockitem_changelist",
    "fulfillment.shipment": "admin:fulfillment_shipment_changelist",
    "core.auditentry": "admin:core_auditentry_changelist",
    "organization.storeprofile": "admin:organization_storeprofile_changelist",
    "notifications.message": "admin:notifications_message_changelist",
}


@pytest.mark.req("BO-06", "SEC-01", "BO-09")
@pytest.mark.parametrize("role", sorted(roles.STAFF_ROLES))
def test_each_role_opens_exactly_the_lists_of_its_table(at_desk, client, role):
    at_desk(role)

    for model, name in LISTS.items():
        allowed = "V" in roles.letters_of(role, model)
        answer = client.get(reverse(name))
        assert (answer.status_code == 200) == allowed, (role, model, answer.status_code)


@pytest.mark.req("BO-09")
def test_the_menu_shows_what_the_role_may_open(at_desk, client):
    at_desk("Seller")

    page = client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:catalog_product_changelist") in page
    assert reverse("admin:payments_payment_changelist") not in page


@pytest.mark.req("SEC-01")
def test_customers_and_strangers_do_not_get_in(client, at_desk):
    stranger = client.get(reverse("admin:index"))
    client.force_login(UserFactory())
    customer = client.get(reverse("admin:orders_order_changelist"))

    assert stranger.status_code == 302
    assert customer.status_code in {302, 403}


def product_form(**changes):
    form = {
        "name": "Trail Runner", "brand": "Fjell", "product_type": "", "places": [],
        "short_description": "", "description": "", "is_published": "on", "owner": "",
        "tax_class": "", "hsn_code": "6404", "slug": "", "meta_title": "", "meta_description": "",
        "option_list": "Size",
        "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "0", "variants-MIN_NUM_FORMS": "1",
        "variants-MAX_NUM_FORMS": "1000", "variants-0-sku": "TR-9",
        "variants-0-option_values": "Size: 9", "variants-0-price": "2499.00",
        "variants-0-compare_at": "", "variants-0-barcode": "", "variants-0-weight_grams": "300",
        "variants-0-is_active": "on", "variants-0-position": "0",
    }  # fmt: skip
    for prefix in ("images", "attribute_values"):
        form |= {
            f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0",
            f"{prefix}-MIN_NUM_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000",
        }  # fmt: skip
    return form | changes


@pytest.mark.req("BO-01")
def test_a_product_with_variant_price_and_category_is_made_on_one_page(root):
    PriceListFactory()
    tax_class, category = TaxClassFactory(), CategoryFactory(name="Footwear")

    answer = root.post(
        reverse("admin:catalog_product_add"),
        product_form(tax_class=tax_class.pk, places=[category.pk]),
    )

    assert answer.status_code == 302, answer.context["errors"]
    product = Product.objects.get(name="Trail Runner")
    assert product.is_published
    assert product.primary_category == category
    assert product.slug == "trail-runner"
    assert Variant.objects.get(product=product).option_values == {"Size": "9"}
    assert str(Price.objects.get(variant__product=product).amount) == "2499.0000"


@pytest.mark.req("SHOP-04")
def test_a_taken_sku_is_refused_beside_the_field(root):
    PriceListFactory()
    sellable_variant(sku="TR-9")
    before = Product.objects.count()

    answer = root.post(
        reverse("admin:catalog_product_add"), product_form(tax_class=TaxClassFactory().pk)
    )

    assert answer.status_code == 200
    assert Product.objects.count() == before


@pytest.mark.req("SEC-01")
def test_a_seller_edits_own_products_only(at_desk, client):
    seller = at_desk("Seller")
    mine, theirs = sellable_variant(sku="M-1").product, sellable_variant(sku="T-1").product
    mine.owner = seller
    mine.save()

    assert client.get(reverse("admin:catalog_product_change", args=[mine.pk])).status_code == 200
    foreign = client.get(reverse("admin:catalog_product_change", args=[theirs.pk]))
    assert foreign.status_code in {302, 404}
    page = client.get(reverse("admin:catalog_product_changelist")).content.decode()
    assert mine.name in page
    assert theirs.name not in page


@pytest.mark.req("INV-01")
def test_stock_is_booked_through_the_ledger_and_never_typed(at_desk, client):
    at_desk("Warehouse")
    item = sellable_variant(sku="A-1", stock=10).stock_items.get()
    address = reverse("admin:inventory_book")

    client.post(
        address,
        {"sku": "A-1", "location": item.location_id, "what": "adjust", "quantity": "-3",
         "reason": "Broken"},
    )  # fmt: skip
    typed = client.post(
        reverse("admin:inventory_stockitem_change", args=[item.pk]), {"on_hand": "99"}
    )

    item.refresh_from_db()
    assert item.on_hand == 7
    assert StockMovement.objects.get(quantity=-3).reason == "Broken"
    assert typed.status_code in {302, 403}


def test_only_who_may_book_is_led_to_the_booking_page(at_desk, client):
    item = StockItem.objects.get(variant=sellable_variant(sku="A&B 1", stock=3))
    here = reverse("admin:inventory_stockitem_book_here", args=[item.pk])

    at_desk("Warehouse")
    assert "sku=A%26B+1" in client.get(here)["Location"]
    assert client.get(here.replace(str(item.pk), "999999")).status_code == 404
    for role in ("Seller", "Auditor"):
        at_desk(role)
        assert client.get(here).status_code == 403


@pytest.mark.req("INV-01")
@pytest.mark.parametrize(
    "entry",
    [{"quantity": "-99"}, {"quantity": "1.5"}, {"quantity": ""}, {"reason": ""},
     {"what": "receive", "quantity": "-1"}, {"sku": "no-such"}, {"location": "999"}],
)  # fmt: skip
def test_a_wrong_entry_books_nothing(at_desk, client, entry):
    at_desk("Warehouse")
    item = sellable_variant(sku="A-1", stock=10).stock_items.get()
    before = StockMovement.objects.count()
    form = {"sku": "A-1", "location": item.location_id, "what": "adjust", "quantity": "-1",
            "reason": "Broken"}  # fmt: skip

    answer = client.post(reverse("admin:inventory_book"), form | entry)

    assert answer.status_code == 422
    assert StockMovement.objects.count() == before
    assert StockItem.objects.get().on_hand == 10


@pytest.mark.req("SEC-02")
def test_a_payment_reference_shows_only_to_those_who_may_see_it(at_desk, client, root):
    order = placed_order(payment_method="card")
    Payment.objects.update(reference="SECRET-REF-1")
    payment = Payment.objects.get()
    places = [
        reverse("admin:payments_payment_changelist"),
        reverse("admin:payments_payment_change", args=[payment.pk]),
        reverse("admin:orders_order_change", args=[order.pk]),
    ]

    at_desk("Manager")
    for place in places:
        assert "SECRET-REF-1" in client.get(place).content.decode(), place
    at_desk("Seller")
    for place in places:
        assert "SECRET-REF-1" not in client.get(place).content.decode(), place


@pytest.mark.req("SEC-02")
def test_exports_leave_out_what_may_not_be_seen(at_desk, client):
    placed_order(payment_method="card")
    Payment.objects.update(reference="SECRET-REF-1")

    hidden = PaymentResource(hidden={"reference"}).export(Payment.objects.all()).csv
    shown = PaymentResource().export(Payment.objects.all()).csv

    assert "SECRET-REF-1" not in hidden
    assert "SECRET-REF-1" in shown


@pytest.mark.req("DATA-14")
def test_an_exported_formula_is_text():
    variant = sellable_variant(sku="=cmd()")

    rows = ProductResource().export(Product.objects.filter(pk=variant.product_id)).dict

    assert rows[0]["sku"] == "'=cmd()"
