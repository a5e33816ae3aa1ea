"""The demo store: the same figures for the same start number and day, and whole however it ends."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Count, Sum

from shop.core import options, timeline
from shop.core.models import TimelineEntry
from shop.directory.access.selectors import find_api_key
from shop.directory.customers.models import Customer
from shop.directory.organization.models import Location
from shop.goods.catalog.models import Category, Product
from shop.goods.inventory.models import StockItem
from shop.platform.operations.demo import accounts, goods, loader
from shop.platform.operations.demo.loader import ACTOR, Loading, load
from shop.platform.operations.demo.people import draw_people
from shop.platform.operations.demo.sizes import EMPTY, SMALL, Size
from shop.platform.transfer.services import ImportRequest, run_import
from shop.sales.fulfillment.models import Shipment, ShipmentLine
from shop.sales.orders.models import Order, OrderLine
from shop.sales.payments.derivation import derive
from shop.sales.payments.models import Payment, PaymentEntry, Refund

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings, tmp_path):
    settings.DEMO = "small"
    settings.VAR_DIR = tmp_path
    settings.PAYMENTS_TEST_GATEWAY = True


@pytest.fixture
def without_pictures(monkeypatch):
    """Drawing takes longer than everything else and is proved once."""
    monkeypatch.setattr(goods, "attach_pictures", lambda *_a, **_k: 0)


def _import_catalogue():
    path = Path(settings.BASE_DIR) / goods.CATALOGUE
    request = ImportRequest(path=path, object="products", format="plain")
    return run_import(request=request, actor=ACTOR, now=NOW).read


def _load(size=SMALL, seed=loader.SEED):
    return load(Loading(size=size, now=NOW, import_catalogue=_import_catalogue, seed=seed))


def _figures():
    """What reports are made of: every order with its lines, and what lies where."""
    orders = Order.objects.order_by("source", "source_number")
    lines = OrderLine.objects.order_by("order__source_number", "position")
    stock = StockItem.objects.order_by("variant__sku", "location__code")
    return (
        list(orders.values_list("source_number", "placed_at", "status", "grand_total", "region")),
        list(lines.values_list("sku", "quantity", "total", "tax")),
        list(stock.values_list("variant__sku", "location__code", "on_hand")),
        list(Customer.objects.order_by("email").values_list("email", "order_count")),
    )


@pytest.mark.req("DATA-16", "INV-02")
def test_the_store_is_complete_and_loading_it_again_changes_nothing(without_pictures):
    first = _load()
    figures = _figures()
    facts = json.loads((settings.VAR_DIR / "demo.json").read_text())

    second = _load()

    assert (first["products"], first["customers"]) == (200, 20)
    assert first["live_orders"] + first["past_orders"] == Order.objects.count() == 30
    assert (second["live_orders"], second["past_orders"], second["stock_levels"]) == (0, 0, 0)
    assert (first["days_of_visits"], second["days_of_visits"]) == (30, 0)
    assert _figures() == figures
    assert json.loads((settings.VAR_DIR / "demo.json").read_text()) == facts
    assert Product.objects.filter(is_published=True).count() == 200
    assert Category.objects.filter(parent=None).count() >= 12
    assert Location.objects.filter(kind="WAREHOUSE", is_active=True).count() == 8
    assert StockItem.objects.count() == 448 * 8
    states = dict(Order.objects.values_list("status").annotate(count=Count("pk")))
    assert set(states) >= {"ACTIVATED", "COMPLETED"}
    spread = (
        Order.objects.latest("placed_at").placed_at - Order.objects.earliest("placed_at").placed_at
    ).days
    assert 300 < spread <= 391
    assert Order.objects.filter(placed_at__gt=NOW).count() == 0
    assert TimelineEntry.objects.filter(kind="order.placed").count() == 30
    assert options.value("security.staff_mfa") == "optional"


@pytest.mark.req("DATA-16")
def test_past_orders_were_paid_sent_and_paid_back_as_their_states_say(without_pictures):
    size = Size("tiny", customers=20, orders=160, live=0)
    _load(size)
    past = Order.objects.filter(source="demo").prefetch_related("payments", "shipments", "lines")

    for order in past:
        facts = derive(grand_total=order.grand_total, payments=order.payments.all())
        told = (order.payment_status, order.paid_total, order.refunded_total)
        assert (facts.status, facts.paid_total, facts.refunded_total) == told, order.source_number
        sent = ShipmentLine.objects.filter(
            shipment__order=order, shipment__state="DELIVERED"
        ).values_list("order_line_id", "quantity")
        bought = {line.pk: line.quantity for line in order.lines.all()}
        assert dict(sent) == (bought if order.status == "COMPLETED" else {})
        moments = [entry.occurred_at for entry in timeline.entries("order", order.key)]
        assert moments == sorted(moments)
        assert all(moment <= NOW for moment in moments)
    assert set(past.values_list("payment_status", flat=True)) == {
        "PAID", "PART_REFUNDED", "REFUNDED", "CANCELLED", "FAILED",
    }  # fmt: skip
    booked = PaymentEntry.objects.values_list("kind").annotate(sum=Sum("amount"))
    assert dict(booked) == {
        "CHARGE": sum(order.paid_total for order in past),
        "REFUND": sum(order.refunded_total for order in past),
    }
    assert Refund.objects.exclude(state="DONE").count() == 0
    carriers = set(Shipment.objects.values_list("carrier__code", flat=True))
    assert carriers == {"bluedart", "indiapost", "delhivery"}


@pytest.mark.req("DATA-16")
def test_the_same_start_number_and_day_draw_the_same_people():
    def names(seed):
        loading = Loading(size=SMALL, now=NOW, import_catalogue=int, seed=seed)
        return [one.email for one in draw_people(SMALL, loader._stream(loading, "people"))]

    assert names(1) == names(1) != names(2)


@pytest.mark.req("DATA-16")
def test_the_same_start_number_gives_the_same_orders_in_another_install(without_pictures):
    def orders_of(seed):
        loading = Loading(size=SMALL, now=NOW, import_catalogue=int, seed=seed)
        loader._people_and_orders(loading)
        found = list(past.values_list("number", "placed_at", "grand_total", "email"))
        forget(past)
        return found

    def forget(orders):
        for rows in (PaymentEntry, Refund):
            rows.objects.filter(payment__order__in=orders).delete()
        for rows in (Payment, Shipment):
            rows.objects.filter(order__in=orders).delete()
        orders.delete()

    past = Order.objects.filter(source="demo").order_by("source_number")
    _load(seed=7)
    first = list(past.values_list("number", "placed_at", "grand_total", "email"))
    forget(past)

    assert len(first) == 22
    assert orders_of(7) == first
    assert orders_of(8) != first


def _sign_ins():
    facts = accounts.load_accounts(names=None, actor=ACTOR, now=NOW)
    accounts.write_facts(facts)
    return facts


def test_sign_ins_are_random_written_privately_and_work():
    facts = _sign_ins()

    path = settings.VAR_DIR / "demo.json"
    assert json.loads(path.read_text()) == facts
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(facts["accounts"]) == {one.name for one in accounts.ACCOUNTS}
    for account in facts["accounts"].values():
        assert authenticate(None, email=account["email"], password=account["password"])
    for scope in ("admin", "storefront"):
        assert find_api_key(facts["api_keys"][scope], now=NOW).scopes == [scope]
    assert _sign_ins() == facts


def test_lost_sign_ins_are_drawn_anew():
    old = _sign_ins()
    (settings.VAR_DIR / "demo.json").unlink()

    new = _sign_ins()

    assert new["accounts"]["admin"]["password"] != old["accounts"]["admin"]["password"]
    assert find_api_key(old["api_keys"]["admin"], now=NOW) is None
    assert find_api_key(new["api_keys"]["admin"], now=NOW) is not None


def test_an_empty_store_has_an_admin_and_keys_only(settings):
    settings.DEMO = "empty"

    done = _load(EMPTY)

    facts = json.loads((settings.VAR_DIR / "demo.json").read_text())
    assert set(facts["accounts"]) == {"admin"}
    assert set(facts["api_keys"]) == {"admin", "storefront"}
    assert done["accounts"] == 1
    assert not Product.objects.exists()
    assert not Customer.objects.exists()
    assert options.value("security.staff_mfa") == "required"


def test_one_drawing_serves_all_products_that_show_it(tmp_path):
    rows = [row for row in goods.catalogue_rows() if row["pictures"] == "running-shoe"]
    small = tmp_path / "small.csv"
    small.write_text(
        "handle,sku,name,price\n"
        + "".join(f"{row['handle']},{row['sku']},{row['name']},10\n" for row in rows)
    )
    run_import(request=ImportRequest(small, "products"), actor=ACTOR, now=NOW)

    assert goods.attach_pictures(rows, actor=ACTOR, now=NOW) == len(rows)
    assert goods.attach_pictures(rows, actor=ACTOR, now=NOW) == 0

    images = [product.images.get() for product in Product.objects.order_by("pk")]
    assert [image.tint for image in images] == [1, 2, 3]
    assert set(images[0].renditions) == {"320", "640", "1024"}
    assert len({image.file.name for image in images}) == len(images)
