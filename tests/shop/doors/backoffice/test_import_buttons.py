"""The import buttons: look first, then write; the same file twice changes nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from shop.directory.customers.models import Customer
from shop.goods.catalog.models import Product, Variant
from shop.goods.inventory.models import StockItem, StockMovement
from shop.pricing.price_lists.models import Price
from shop.sales.orders.models import Order
from tests.factories.catalog import TaxClassFactory
from tests.factories.pricing import PriceListFactory, sellable_variant

pytestmark = pytest.mark.django_db
PRODUCTS = "sku,name,price\nTR-9,Trail Runner,2499.00\n"
CUSTOMERS = "email,full_name,phone\nmeera@example.com,Meera Nair,+919812345678\n"
ORDERS = (
    "number,placed_at,email,sku,quantity,unit_price\n"
    "OLD-1,2025-01-02T10:00:00+05:30,meera@example.com,A-1,2,100.00\n"
)


def stock_file():
    item = StockItem.objects.get()
    return f"sku,location,on_hand\nA-1,{item.location.code},25\n"


def written():
    """Everything that an import could have touched."""
    return (
        sorted(Product.objects.values_list("name", flat=True)),
        sorted(Variant.objects.values_list("sku", flat=True)),
        sorted(Price.objects.values_list("variant__sku", "amount")),
        sorted(Customer.objects.values_list("email", "full_name")),
        sorted(Order.objects.values_list("source_number", "grand_total")),
        sorted(StockItem.objects.values_list("variant__sku", "on_hand")),
        StockMovement.objects.count(),
    )


def send(client, name, text):
    """Upload a file and see the preview."""
    upload = SimpleUploadedFile("rows.csv", text.encode(), content_type="text/csv")
    return client.post(reverse(f"admin:{name}_import"), {"import_file": upload, "format": "0"})


def confirm(client, name, preview):
    """Press Confirm below the preview."""
    form = preview.context["confirm_form"]
    return client.post(reverse(f"admin:{name}_process_import"), form.initial, follow=True)


@pytest.fixture
def shelf(settings, tmp_path):
    """A store that can take each of the files."""
    settings.STORAGES = settings.STORAGES | {
        "import_export": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    PriceListFactory()
    TaxClassFactory()
    return sellable_variant(sku="A-1", stock=10)


CASES = {
    "catalog_product": (
        lambda: PRODUCTS,
        lambda: str(Price.objects.get(variant__sku="TR-9").amount),
        "2499.0000",
    ),
    "inventory_stockitem": (stock_file, lambda: StockItem.objects.get().on_hand, 25),
    "customers_customer": (
        lambda: CUSTOMERS,
        lambda: Customer.objects.get(email="meera@example.com").full_name,
        "Meera Nair",
    ),
    "orders_order": (
        lambda: ORDERS,
        lambda: (Order.objects.get().is_history, str(Order.objects.get().grand_total)),
        (True, "200.0000"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_shown_first_then_written_and_a_second_time_changes_nothing(root, shelf, name):
    text, look, expected = CASES[name]
    content, before = text(), written()

    preview = send(root, name, content)

    assert preview.status_code == 200
    assert not preview.context["result"].has_errors(), preview.context["result"].row_errors()
    assert written() == before
    confirm(root, name, preview)
    assert look() == expected
    after = written()
    again = confirm(root, name, send(root, name, content))
    assert again.status_code == 200
    assert written() == after


WRONG = {
    "catalog_product": ("sku,name,price\nTR-9,Trail Runner,dear\n", 2, "price"),
    "inventory_stockitem": ("sku,location,on_hand\nA-1,nowhere,-4\n", 2, "on_hand"),
    "customers_customer": ("email,full_name\nok@example.com,Ok\nnot-an-address,Bad\n", 3, "email"),
    "orders_order": (ORDERS.replace("100.00", "lots"), 2, "unit_price"),
}


@pytest.mark.req("DATA-06")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_names_row_and_column_and_writes_nothing(root, shelf, name):
    content, row, column = WRONG[name]
    before = written()

    preview = send(root, name, content)

    page = preview.content.decode()
    assert f"Row {row}, {column}" in page
    assert "Nothing was written." in page
    assert "Traceback" not in page
    assert "confirm_form" not in preview.context
    assert written() == before


def test_the_preview_heads_the_columns_of_the_file(root, shelf):
    preview = send(root, "customers_customer", "full_name,email\nMeera Nair,meera@example.com\n")

    result = preview.context["result"]
    assert result.diff_headers == ["full_name", "email"]
    assert result.rows[0].diff == ["Meera Nair", "meera@example.com"]


def test_a_file_without_its_columns_is_refused_in_words(root, shelf):

    preview = send(root, "inventory_stockitem", "sku,place\nA-1,x\n")

    page = preview.content.decode()
    assert "These columns are missing: location, on_hand" in page
    assert "Traceback" not in page
    assert StockItem.objects.get().on_hand == 10


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("Seller", "catalog_product"),
        ("Seller", "inventory_stockitem"),
        ("Seller", "orders_order"),
        ("Warehouse", "catalog_product"),
        ("Sales rep", "orders_order"),
        ("Auditor", "customers_customer"),
    ],
)
def test_who_may_not_change_all_rows_may_not_import_them(at_desk, client, shelf, role, name):
    at_desk(role)
    before = written()

    answer = send(client, name, PRODUCTS)

    assert answer.status_code == 403
    assert written() == before
