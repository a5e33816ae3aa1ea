"""The real wholesale history in the reports, to the penny."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from reporting import services
from shop.core.actors import SYSTEM_ACTOR
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.services import ImportRequest, run_import
from tests.factories.customers import StaffFactory

pytestmark = pytest.mark.django_db
SLICE = Path(settings.BASE_DIR) / "fixtures" / "online_retail" / "slice.csv"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def bring(path):
    request = ImportRequest(
        path=path, object="orders", format="online-retail", context=ImportContext(currency="GBP")
    )
    run_import(request=request, actor=SYSTEM_ACTOR, now=NOW)
    services.refresh_stale_days()


def ledger(client):
    client.force_login(StaffFactory(role="Manager"))
    query = {"period": "all", "currency": "GBP"}
    answer = client.get("/reports/ledger/", query | {"format": "csv"})
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    rows = {row["What"]: row for row in csv.DictReader(io.StringIO(text))}
    tiles = {
        tile.label: tile.value
        for tile in client.get("/reports/ledger/", query).context["result"].tiles
    }
    return rows, tiles


@pytest.mark.req("DATA-05", "REP-18")
def test_the_slice_comes_out_of_the_report_to_the_penny(client):
    bring(SLICE)

    rows, tiles = ledger(client)

    assert (rows["Sales"]["Amount"], rows["Sales"]["Orders"]) == ("191382.33", "38")
    returned = rows["Cancellations and returns"]
    assert (returned["Amount"], returned["Orders"]) == ("-169063.12", "14")
    assert (rows["All"]["Amount"], rows["All"]["Lines"]) == ("195.09", "692")
    assert tiles["Customers"] == 33
    assert tiles["Lines without a named customer"] == 178


def test_the_lines_behind_each_kind_add_up_to_it(client):
    bring(SLICE)
    rows, _tiles = ledger(client)

    for what, label in (("sale", "Sales"), ("return", "Cancellations and returns")):
        query = {"period": "all", "currency": "GBP", "what": what, "format": "csv"}
        answer = client.get("/reports/lines/", query)
        text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
        lines = list(csv.DictReader(io.StringIO(text)))
        assert sum(Decimal(line["Total"]) for line in lines) == Decimal(rows[label]["Amount"])
        assert len(lines) == int(rows[label]["Lines"])


@pytest.mark.slow
@pytest.mark.req("DATA-05")
def test_the_whole_file_comes_out_of_the_report_to_the_penny(client, datasets):
    bring(datasets / "online_retail" / "online_retail_2010_2011.csv.gz")

    rows, tiles = ledger(client)

    assert (rows["Sales"]["Amount"], rows["Sales"]["Orders"]) == ("10666684.54", "19960")
    returned = rows["Cancellations and returns"]
    assert (returned["Amount"], returned["Orders"]) == ("-896812.49", "3836")
    assert returned["Lines"] == "9288"
    assert (rows["All"]["Amount"], rows["All"]["Lines"]) == ("9747747.93", "541909")
    assert tiles["Customers"] == 4372
    assert tiles["Lines without a named customer"] == 135080
