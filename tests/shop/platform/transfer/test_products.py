"""Products from files of four kinds, and out again."""

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.catalog.models import Category, Product, Variant
from shop.platform.transfer.exceptions import FileRefused, MappingRefused
from shop.platform.transfer.exports import run_export
from shop.platform.transfer.mapping import read_mapping
from shop.platform.transfer.models import ImportJob
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.services import ImportRequest, run_import
from shop.pricing.price_lists.models import Price

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAMPLE = Path(settings.BASE_DIR) / "fixtures" / "products_200.csv"
pytestmark = pytest.mark.django_db


def _import(path, **options):
    context = ImportContext(**options.pop("context", {}))
    request = ImportRequest(path=path, object="products", context=context, **options)
    return run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)


def _write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def _figures(report):
    return report.read, report.created, report.updated, report.unchanged, report.rejected


@pytest.mark.req("DATA-04", "DATA-13")
def test_the_sample_file_goes_in_out_of_the_box_and_a_second_run_changes_nothing():
    first = _import(SAMPLE)
    second = _import(SAMPLE)

    assert _figures(first) == (200, 200, 0, 0, 0)
    assert _figures(second) == (200, 0, 0, 200, 0)
    assert Product.objects.count() == 200
    assert Category.objects.filter(parent=None).count() >= 12
    shoes = Product.objects.get(slug="running-shoes")
    assert shoes.is_published
    assert shoes.option_names == ["Size", "Colour"]
    variant = shoes.variants.get(sku="SHO-001-8-CORAL")
    assert variant.option_values == {"Size": "8", "Colour": "Coral"}
    assert variant.prices.get().amount == Decimal(2499)


def test_the_short_form_may_name_a_price_for_each_value(tmp_path):
    path = _write(
        tmp_path / "goods.csv",
        "sku,name,price,compare_at,option_1_name,option_1_value\n"
        "PB,Power Bank,1499|2199,1999|,Capacity,10 Ah|20 Ah\n",
    )

    assert _figures(_import(path)) == (1, 1, 0, 0, 0)

    prices = Price.objects.order_by("variant__sku")
    assert list(prices.values_list("variant__sku", "amount", "compare_at")) == [
        ("PB-10AH", Decimal(1499), Decimal(1999)),
        ("PB-20AH", Decimal(2199), None),
    ]


@pytest.mark.req("DATA-13")
def test_only_what_differs_is_updated(tmp_path):
    head = "sku,name,price\n"
    _import(_write(tmp_path / "one.csv", f"{head}A-1,Lamp,10\nA-2,Chair,20\nA-3,Table,30\n"))

    report = _import(
        _write(tmp_path / "two.csv", f"{head}A-1,Lamp,11\nA-2,Seat,20\nA-3,Table,30\n")
    )

    assert _figures(report) == (3, 0, 2, 1, 0)
    assert Price.objects.get(variant__sku="A-1").amount == 11
    assert Product.objects.get(variants__sku="A-2").name == "Seat"


def test_columns_that_a_file_lacks_keep_what_is_known(tmp_path):
    full = (
        "sku,name,price,brand,description,categories\nA-1,Lamp,10,Urja,<p>Light</p>,Home > Light\n"
    )
    _import(_write(tmp_path / "one.csv", full))

    report = _import(_write(tmp_path / "two.csv", "sku,name,price\nA-1,Lamp,12\n"))

    assert _figures(report) == (1, 0, 1, 0, 0)
    lamp = Product.objects.get()
    assert (lamp.brand, lamp.description) == ("Urja", "<p>Light</p>")
    assert lamp.primary_category.path == "home/light"


PLANTED = (
    ("price", "sku,name,price\nB-1,Lamp,cheap\n", "is not a number"),
    ("price", "sku,name,price\nB-1,Lamp,-5\n", "must not be below zero"),
    ("name", "sku,name,price\nB-1,,5\n", "must not be empty"),
    ("sku", "sku,name,price\n,Lamp,5\n", "must not be empty"),
    ("sku", "sku,name,price\nA-1,Lamp,5\n", "is also in row 2"),
    ("name", "sku,name,price\nB-1,=cmd(),5\n", "this looks like a spreadsheet formula"),
    ("", "sku,name,price\nB-1,Lamp,5,6\n", "the row has 4 cells, the heading has 3"),
)


@pytest.mark.req("DATA-06", "CART-02")
def test_seven_planted_errors_are_seven_reported_rows_and_a_dry_run_writes_nothing(tmp_path):
    rows = "".join(text.partition("\n")[2] for _, text, _ in PLANTED)
    path = _write(tmp_path / "planted.csv", f"sku,name,price\nA-1,Good,1\n{rows}")
    errors = tmp_path / "errors.csv"

    report = _import(path, errors_path=errors, context={"is_dry_run": True})

    assert _figures(report) == (8, 1, 0, 0, 7)
    assert not Product.objects.exists()
    assert not ImportJob.objects.exists()
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        told = sorted(csv.DictReader(stream), key=lambda row: int(row["error_row"]))
    assert [(row["error_row"], row["error_column"]) for row in told] == [
        (str(number), column) for number, (column, _, _) in enumerate(PLANTED, start=3)
    ]
    for row, (_, _, reason) in zip(told, PLANTED, strict=True):
        assert row["error_reason"].startswith(reason)


@pytest.mark.req("DATA-06")
def test_the_file_of_errors_goes_in_once_it_is_put_right(tmp_path):
    path = _write(tmp_path / "goods.csv", "sku,name,price\nA-1,Lamp,cheap\nA-2,Chair,20\n")
    errors = tmp_path / "errors.csv"
    _import(path, errors_path=errors)

    text = errors.read_text(encoding="utf-8-sig").replace("cheap", "10", 1)
    report = _import(_write(tmp_path / "again.csv", text))

    assert _figures(report) == (1, 1, 0, 0, 0)
    assert set(Variant.objects.values_list("sku", flat=True)) == {"A-1", "A-2"}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("compare_at", "5", "must not be below the price"),
        ("currency", "USD", "this import takes INR only"),
        ("hsn_code", "12", "an HSN code has 4, 6 or 8 digits"),
        ("weight_grams", "-1", "must be at least 0"),
        ("weight_grams", "1.5", "must be a whole number"),
        ("is_published", "perhaps", "must be yes or no"),
        ("price", "1.23456", "has more than four decimals"),
        ("price", "1e30", "is too large for an amount"),
        ("price", "NaN", "is not a number"),
        ("option_1_value", "Red", "must name the option of this value"),
        ("owner_email", "nobody@example.com", "nobody signs in with this"),
        ("name", "x" * 251, "has 251 characters, at most 250 are taken"),
    ],
)
def test_values_that_cannot_be_are_refused_with_a_reason(tmp_path, column, value, reason):
    cells = {"sku": "A-1", "name": "Lamp", "price": "10", column: value}
    path = tmp_path / "goods.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([cells.keys(), cells.values()])

    report = _import(path)

    assert (report.created, report.rejected) == (0, 1)
    assert reason in report.problems[0].reason
    assert not Product.objects.exists()


def test_modes_add_only_or_update_only(tmp_path):
    _import(_write(tmp_path / "one.csv", "sku,name,price\nA-1,Lamp,10\n"))
    both = _write(tmp_path / "two.csv", "sku,name,price\nA-1,Lantern,11\nA-2,Chair,20\n")

    added = _import(both, context={"mode": "add"})
    assert _figures(added) == (2, 1, 0, 1, 0)
    assert Product.objects.get(variants__sku="A-1").name == "Lamp"

    third = _write(tmp_path / "three.csv", "sku,name,price\nA-1,Lantern,11\nA-9,Bed,90\n")
    updated = _import(third, context={"mode": "update"})
    assert _figures(updated) == (2, 0, 1, 0, 1)
    assert not Variant.objects.filter(sku="A-9").exists()


def test_a_mapping_names_the_columns_of_the_file_and_values_for_all_rows(tmp_path):
    path = _write(tmp_path / "goods.csv", "Article;Text;Net\nA-1;Lamp;10,5\nA-2;Chair;20\n")
    mapping = tmp_path / "mapping.json"
    columns = {"sku": "Article", "name": "Text", "price": "Net", "brand": {"value": "Urja"}}
    mapping.write_text(json.dumps(columns))

    report = _import(path, mapping=read_mapping(mapping))

    assert (report.format, report.created) == ("plain", 2)
    assert set(Product.objects.values_list("brand", flat=True)) == {"Urja"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "cannot be read"),
        ("[]", "one JSON object"),
        ('{"sku": 3}', "must name a column"),
        ('{"colour": "Text"}', "has no column “colour”"),
        ('{"brand": "Marke"}', "The file has no column “Marke”"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path, content, message):
    path = _write(tmp_path / "goods.csv", "sku,name,price\nA-1,Lamp,10\n")
    mapping = _write(tmp_path / "mapping.json", content)

    with pytest.raises(MappingRefused, match=message):
        _import(path, format="plain", mapping=read_mapping(mapping))


def test_missing_columns_are_named(tmp_path):
    path = _write(tmp_path / "goods.csv", "sku,title\nA-1,Lamp\n")

    with pytest.raises(FileRefused, match="columns name, price are missing"):
        _import(path, format="plain")
    with pytest.raises(FileRefused, match="none of the formats"):
        _import(path)


SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,\
Variant SKU,Variant Grams,Variant Price,Variant Compare At Price,Image Src\r
ring,Moon Ring,"<p>Two
lines</p>",Café Co,Rings,moon,true,Colour,Gold,,28,42.99,44.99,https://example.com/1.jpg\r
ring,,,,,,,,Silver,,28,40.00,,https://example.com/2.jpg\r
ring,,,,,,,,,,,,,https://example.com/3.jpg\r
pot,Pot,,,,,true,Title,Default Title,,0,9.99,,\r
"""


def test_shopify_rows_become_variants_and_pictures_are_noted(tmp_path):
    path = _write(tmp_path / "shopify.csv", SHOPIFY)

    first, second = _import(path), _import(path)

    assert (first.format, *_figures(first)) == ("shopify", 4, 2, 0, 0, 0)
    assert _figures(second) == (4, 0, 0, 2, 0)
    ring = Product.objects.get(source_key="shopify:ring")
    assert (ring.brand, ring.primary_category.name) == ("Café Co", "Rings")
    assert ring.custom["pictures"].split() == [
        f"https://example.com/{number}.jpg" for number in (1, 2, 3)
    ]
    assert not ring.images.exists()
    variants = {one.sku: one for one in ring.variants.all()}
    assert set(variants) == {"RING-GOLD", "RING-SILVER"}
    assert variants["RING-GOLD"].weight_grams == 28
    assert variants["RING-GOLD"].prices.get().compare_at == Decimal("44.99")
    assert Product.objects.get(source_key="shopify:pot").option_names == []


WOOCOMMERCE = """ID,Type,SKU,Name,Published,Visibility in catalog,Weight (kg),Sale price,\
Regular price,Categories,Parent,Attribute 1 name,Attribute 1 value(s)
1,variable,tee,Tee,1,visible,,,,"Clothing > Tees, Sale",,Colour,"Blue, Red"
2,simple,belt,Belt,1,visible,0.25,55,65,Clothing,,,
3,variation,tee-blue,Tee - Blue,1,visible,,,25,,tee,Colour,Blue
4,variation,tee-red,Tee - Red,1,visible,,20,25,,id:1,Colour,Red
5,grouped,set,Set,1,visible,,,,Clothing,,,
6,variation,lost,Lost,1,visible,,,25,,nobody,Colour,Blue
"""


def test_woocommerce_variations_find_their_parent_wherever_it_is(tmp_path):
    path = _write(tmp_path / "woo.csv", WOOCOMMERCE)

    first, second = _import(path), _import(path)

    assert (first.format, *_figures(first)) == ("woocommerce", 6, 3, 0, 0, 1)
    assert _figures(second) == (6, 0, 0, 3, 1)
    assert first.problems[0].reason == "this parent is not in the file"
    tee = Product.objects.get(source_key="woocommerce:tee")
    assert {place.category.path for place in tee.category_places.all()} == {"clothing/tees", "sale"}
    assert {one.sku: one.option_values for one in tee.variants.all()} == {
        "tee-blue": {"Colour": "Blue"},
        "tee-red": {"Colour": "Red"},
    }
    red = Price.objects.get(variant__sku="tee-red")
    assert (red.amount, red.compare_at) == (20, 25)
    assert not Product.objects.get(source_key="woocommerce:set").is_published


FLIPKART = """uniq_id,product_name,product_category_tree,pid,retail_price,discounted_price,brand
u1,Cycle Shorts,"[""Clothing >> Women's Clothing >> Shorts >> Ali >> Shorts""]",P1,999,379,Alisha
u2,No Price,"[""No Price...""]",P2,,,
u3,Again,"[""Clothing >> Again""]",P1,999,379,Alisha
"""


def test_flipkart_paths_lose_the_name_and_goods_without_a_price_stay_hidden(tmp_path):
    path = _write(tmp_path / "flipkart.csv", FLIPKART)

    report = _import(path)

    assert (report.format, *_figures(report)) == ("flipkart", 3, 2, 0, 0, 1)
    shorts = Product.objects.get(source_key="flipkart:u1")
    assert shorts.primary_category.path == "clothing/women-s-clothing/shorts"
    price = Price.objects.get(variant__sku="P1")
    assert (price.amount, price.compare_at) == (379, 999)
    hidden = Product.objects.get(source_key="flipkart:u2")
    assert (hidden.is_published, hidden.primary_category) == (False, None)


@pytest.mark.req("DATA-14")
def test_a_formula_is_exported_as_text_and_comes_back_as_it_was(tmp_path):
    path = _write(tmp_path / "goods.csv", "sku,name,price\nA-1,'=cmd(),10\nA-2,@home Vase,20\n")
    _import(path)
    assert Product.objects.get(variants__sku="A-1").name == "=cmd()"
    out = tmp_path / "out.csv"

    run_export(kind="products", path=out, currency="INR", progress=lambda _rows: None)

    with out.open(newline="") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert names == ["'=cmd()", "'@home Vase"]
    assert _figures(_import(out)) == (2, 0, 0, 2, 0)


@pytest.mark.req("DATA-13", "DATA-14")
@pytest.mark.parametrize("ending", ["csv", "csv.gz", "xlsx"])
def test_an_export_of_products_comes_back_without_a_change(tmp_path, ending):
    _import(SAMPLE)
    out = tmp_path / f"out.{ending}"

    report = run_export(kind="products", path=out, currency="INR", progress=lambda _rows: None)

    assert report.rows == Variant.objects.count() == 448
    assert _figures(_import(out)) == (448, 0, 0, 200, 0)
    assert [one.name for one in tmp_path.iterdir()] == [out.name]


def test_an_import_leaves_a_job_that_people_can_look_up(tmp_path):
    path = _write(tmp_path / "goods.csv", "sku,name,price\nA-1,Lamp,10\nA-2,Chair,cheap\n")

    report = _import(path)

    job = ImportJob.objects.get()
    assert (job.object, job.format, job.file_name) == ("products", "plain", "goods.csv")
    assert (job.state, job.created, job.rejected) == ("DONE_WITH_REJECTIONS", 1, 1)
    assert job.errors_file == report.errors_file


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "created", "rejected"),
    [
        ("shopify/apparel.csv", 20, 0),
        ("shopify/home-and-garden.csv", 20, 0),
        ("shopify/jewelery.csv", 20, 0),
        ("woocommerce/sample_products.csv", 15, 0),
        ("flipkart/flipkart_products.csv.gz", 19_998, 2),
    ],
)
def test_the_real_files_go_in(datasets, name, created, rejected):
    path = datasets / name
    if not path.exists():
        pytest.skip(f"no {name}: set DATASETS")

    report = _import(path)

    assert (report.created, report.rejected) == (created, rejected)
    assert _import(path).created == 0
