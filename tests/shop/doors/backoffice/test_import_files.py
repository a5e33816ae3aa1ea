"""What kinds of files the import button takes, and how it refuses the others."""

import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shop.doors.backoffice import file_formats
from shop.goods.catalog.models import Product, Variant
from tests.factories.catalog import TaxClassFactory
from tests.factories.pricing import PriceListFactory, sellable_variant

pytestmark = pytest.mark.django_db
TEXT = "sku;name;price\nTR-9;Café lamp;2499.00\n"
CSV, XLSX = "0", "1"


@pytest.fixture
def shop(settings, tmp_path):
    """A store that can take a file of products."""
    settings.STORAGES = settings.STORAGES | {
        "import_export": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    PriceListFactory()
    TaxClassFactory()


def workbook(*rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def preview(client, content, kind=CSV):
    upload = SimpleUploadedFile("rows.any", content)
    address = reverse("admin:catalog_product_import")
    return client.post(address, {"import_file": upload, "format": kind})


BOOK = workbook(["sku", "name", "price"], ["TR-9", "Café lamp", 2499])


@pytest.mark.req("DATA-14")
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (TEXT.encode(), CSV),
        (TEXT.encode("utf-8-sig"), CSV),
        (TEXT.encode("cp1252"), CSV),
        (TEXT.encode("utf-16"), CSV),
        (TEXT.replace(";", ",").encode(), CSV),
        (TEXT.replace(";", "\t").encode(), CSV),
        (TEXT.replace(";", "|").encode(), CSV),
        (BOOK, XLSX),
        (BOOK, CSV),
        (TEXT.encode(), XLSX),
    ],
)
def test_encoding_separator_and_kind_are_found_out(root, shop, content, kind):
    shown = preview(root, content, kind)
    root.post(
        reverse("admin:catalog_product_process_import"), shown.context["confirm_form"].initial
    )

    assert Product.objects.get().name == "Café lamp"
    assert Variant.objects.get().sku == "TR-9"


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return packed.getvalue()


@pytest.mark.req("DATA-14")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"sku,name,price\na,b,1,2,3\n", "the row has 5 cells, the heading has 3"),
        (lambda: b"sku,sku,price\na,b,1\n", "more than once"),
        (lambda: b"sku,name,price\na,b\0c,1\n", "NUL"),
        (lambda: b"sku,name,price\na," + b"x" * 200_000 + b",1\n", "200,000 characters"),
        (lambda: b"PK\x03\x04garbage", "damaged"),
        (bomb, "unpacks to more than 50 MB"),
        (lambda: b"sku,name,price\n" + b"a,b,1\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(root, shop, content, words):
    shown = preview(root, content())

    assert shown.status_code == 200
    assert words in str(shown.context["form"].errors["import_file"])
    assert not Product.objects.exists()


def test_missing_columns_are_named_and_nothing_else(root, shop):
    page = preview(root, b"handle,name\na,b\n").content.decode()

    assert "These columns are missing: sku, price" in page
    assert "has no attribute" not in page


@pytest.mark.req("DATA-14")
def test_a_workbook_goes_out_as_text_and_comes_in_again(root, shop):
    variant = sellable_variant(sku="007", stock=3)
    variant.product.name = "=2+5"
    variant.product.save()
    address = reverse("admin:catalog_product_export")
    form = root.get(address).context["form"]
    chosen = {field: "on" for field in form.fields if form.initial.get(field) is True}

    answer = root.post(address, {"format": XLSX, "resource": "0", **chosen})

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    header, row = sheet.to_python()
    cells = dict(zip(header, row, strict=True))
    assert (cells["sku"], cells["name"]) == ("007", "'=2+5")
    assert [file_formats.read(answer.content)[0][header.index("sku")]] == ["007"]
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
