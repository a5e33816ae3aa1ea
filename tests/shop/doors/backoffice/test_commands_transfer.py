"""The commands for admins as a script sees them: JSON on the last line, and exit codes."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shop.goods.catalog.models import Product

pytestmark = pytest.mark.django_db

IMPORT_KEYS = [
    "read",
    "created",
    "updated",
    "unchanged",
    "rejected",
    "seconds",
    "peak_rss_mb",
    "errors_file",
]


def _run(name, *arguments):
    """Run a command; answers its exit code and the object on its last line."""
    out, code = StringIO(), 0
    try:
        call_command(name, *map(str, arguments), "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        code = end.code
    except CommandError as error:
        code = error.returncode
    lines = out.getvalue().splitlines()
    return code, json.loads(lines[-1]) if lines else {}


def _write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


GOODS = "sku,name,price\nA-1,Lamp,10\nA-2,Chair,20\n"


@pytest.mark.req("API-11", "DATA-13")
def test_an_import_ends_with_its_figures_and_zero(tmp_path):
    path = _write(tmp_path / "goods.csv", GOODS)

    first, second = _run("import_products", path), _run("import_products", path)

    assert first[0] == second[0] == 0
    assert list(first[1]) == IMPORT_KEYS
    assert [first[1][key] for key in IMPORT_KEYS[:5]] == [2, 2, 0, 0, 0]
    assert [second[1][key] for key in IMPORT_KEYS[:5]] == [2, 0, 0, 2, 0]
    assert first[1]["errors_file"] == ""


@pytest.mark.req("API-11", "DATA-06")
def test_rejected_rows_end_with_three_and_a_file(tmp_path):
    path = _write(tmp_path / "goods.csv", f"{GOODS}A-3,Table,cheap\n")
    errors = tmp_path / "errors.csv"

    code, facts = _run("import_products", path, "--errors", errors)

    assert (code, facts["created"], facts["rejected"]) == (3, 2, 1)
    assert facts["errors_file"] == str(errors)
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["sku"], row["error_row"], row["error_column"], row["error_value"]) == (
        "A-3",
        "4",
        "price",
        "cheap",
    )


BROKEN = (
    (b"", "The file is empty."),
    (b"sku,title\nA-1,Lamp\n", "columns name, price are missing"),
    ("sku,name,price\nA-1,Café,10\n".encode("cp1252"), "Line 2 holds the byte 0xE9"),
    (b"\x1f\x8b\x08\x00nonsense", "cannot be unpacked"),
    (b"\x00\x01\x02\x03\x00\x00\x00\x00", "NUL"),
)


@pytest.mark.req("API-11", "DATA-14")
@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_a_broken_file_ends_with_one_and_a_plain_message(tmp_path, content, message):
    path = tmp_path / "goods.csv"
    path.write_bytes(content)

    code, facts = _run(
        "import_products", path, "--format", "plain", "--encoding", "utf-8", "--delimiter", ","
    )

    assert code == 1
    assert message in facts["error"]
    assert facts["created"] == 0
    assert not Product.objects.exists()


@pytest.mark.req("API-11")
def test_wrong_use_ends_with_two(tmp_path):
    path = _write(tmp_path / "goods.csv", GOODS)
    mapping = _write(tmp_path / "mapping.json", '{"colour": "name"}')

    assert _run("import_products", path, "--format", "plain", "--mapping", mapping)[0] == 2
    assert _run("import_products", path, "--currency", "rupees")[0] == 2
    assert not Product.objects.exists()


@pytest.mark.req("API-11", "DATA-06")
def test_a_dry_run_of_every_import_writes_nothing(tmp_path):
    path = _write(tmp_path / "goods.csv", GOODS)

    code, facts = _run("import_products", path, "--dry-run")

    assert (code, facts["created"]) == (0, 2)
    assert not Product.objects.exists()


@pytest.mark.req("API-11")
@pytest.mark.parametrize(
    ("name", "rows"), [("products", 2), ("customers", 0), ("stock", 0), ("orders", 0)]
)
def test_an_export_ends_with_its_figures(tmp_path, name, rows):
    _run("import_products", _write(tmp_path / "goods.csv", GOODS))
    out = tmp_path / "out.csv"

    code, facts = _run(f"export_{name}", out)

    assert (code, list(facts), facts["rows"]) == (0, ["rows", "seconds"], rows)
    assert len(out.read_text().splitlines()) == rows + 1


@pytest.mark.req("API-11")
def test_an_export_to_an_unknown_kind_of_file_ends_with_one(tmp_path):
    code, facts = _run("export_products", tmp_path / "out.pdf")

    assert (code, "must end in .csv" in facts["error"]) == (1, True)
    assert not list(tmp_path.iterdir())


def test_a_person_reads_the_reasons_and_the_figures(tmp_path):
    path = _write(tmp_path / "goods.csv", f"{GOODS}A-3,Table,cheap\n")
    out, told = StringIO(), StringIO()

    with pytest.raises(SystemExit):
        call_command("import_products", str(path), stdout=out, stderr=told)

    assert "row 4, price: is not a number ('cheap')" in told.getvalue()
    assert "rejected     1" in out.getvalue()
