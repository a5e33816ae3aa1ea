"""Files of any usual encoding, separator and kind; and those that are broken."""

import gzip

import pytest
import xlsxwriter

from shop.platform.transfer.exceptions import FileRefused
from shop.platform.transfer.reading.tables import Limits, open_table

TEXT = "sku,name\nA-1,Café\nA-2,“Quoted”\n"
NAMES = ["Café", "“Quoted”"]


def _names(table):
    return [row.cells["name"] for row in table.rows()]


@pytest.mark.req("DATA-14")
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_found_out(tmp_path, encoding, found):
    path = tmp_path / "goods.csv"
    path.write_bytes(TEXT.encode(encoding))

    table = open_table(path)

    assert table.encoding == found
    assert _names(table) == NAMES


@pytest.mark.req("DATA-14")
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_out(tmp_path, separator):
    path = tmp_path / "goods.csv"
    path.write_text(f'sku{separator}"na,;me"{separator}price\nA-1{separator}x{separator}2\n')

    table = open_table(path)

    assert table.delimiter == separator
    assert table.header == ("sku", "na,;me", "price")


def test_a_given_encoding_and_separator_win(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_bytes("sku;name\nA-1;Česko\n".encode("cp1250"))

    table = open_table(path, encoding="cp1250", delimiter="semicolon")

    assert _names(table) == ["Česko"]


def test_packed_files_are_unpacked(tmp_path):
    path = tmp_path / "goods.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))

    assert _names(open_table(path)) == NAMES


def test_a_workbook_is_read_like_text(tmp_path):
    path = tmp_path / "goods.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["sku", "name", "price", "is_published"])
    sheet.write_row(1, 0, ["A-1", "Café", 10.0, True])
    sheet.write_row(3, 0, ["A-2", "Tea", 10.25])
    book.close()

    rows = list(open_table(path).rows())

    assert [row.number for row in rows] == [2, 4]
    assert rows[0].raw == ("A-1", "Café", "10", "true")
    assert rows[1].raw == ("A-2", "Tea", "10.25", "")
    assert rows[1].problem is None


@pytest.mark.req("DATA-14")
def test_bytes_that_are_not_the_named_encoding_name_their_line(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_bytes(TEXT.encode("cp1252"))

    with pytest.raises(FileRefused, match=r"Line 2 holds the byte 0xE9, which is not utf-8"):
        open_table(path, encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "Row 1 must hold the column names"),
        (b"sku,sku\n1,2\n", "names the column “sku” more than once"),
        (b"\x1f\x8b\x08\x00broken", "cannot be unpacked"),
        (b"PK\x00\x00\x00 \x00\x01", "Row 1 holds NUL characters"),
    ],
)
def test_files_that_are_no_table_say_so(tmp_path, content, message):
    path = tmp_path / "goods.csv"
    path.write_bytes(content)

    with pytest.raises(FileRefused, match=message):
        open_table(path)


def test_a_damaged_workbook_says_so(tmp_path):
    path = tmp_path / "goods.xlsx"
    path.write_bytes(b"this is no workbook")

    with pytest.raises(FileRefused, match="damaged"):
        open_table(path)


def test_an_unknown_encoding_or_long_separator_is_refused(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text(TEXT)

    with pytest.raises(FileRefused, match="no encoding named “utf-9”"):
        open_table(path, encoding="utf-9")
    with pytest.raises(FileRefused, match="one character"):
        open_table(path, delimiter="::")


def test_a_file_beyond_the_limit_is_refused_also_when_it_is_packed_small(tmp_path):
    path = tmp_path / "goods.csv.gz"
    path.write_bytes(gzip.compress(b"sku,name\n" + b"A,B\n" * 1_000_000))

    with pytest.raises(FileRefused, match="larger than 2 MB unpacked"):
        open_table(path, limits=Limits(file_bytes=2_000_000))


@pytest.mark.req("DATA-14")
def test_broken_rows_carry_their_reason_and_the_others_are_fine(tmp_path):
    path = tmp_path / "goods.csv"
    ten_megabytes = "x" * 10_000_000
    path.write_text(f"sku,name\nA,one\nB,two,three\nC\nD,f\0our\nE,{ten_megabytes}\n\nF,six\n")

    rows = list(open_table(path).rows())

    assert [(row.number, row.problem and row.problem.reason) for row in rows] == [
        (2, None),
        (3, "the row has 3 cells, the heading has 2"),
        (4, "the row has 1 cells, the heading has 2"),
        (5, "the cell holds a NUL character"),
        (6, "the cell holds 10,000,000 characters, at most 100,000 are taken"),
        (8, None),
    ]
    assert rows[3].problem.column == "name"


def test_a_quote_that_never_closes_is_told_at_its_row(tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text('sku,name\nA,one\nB,"two\n' + "C,three\n" * 20_000)

    rows = list(open_table(path).rows())

    assert [row.number for row in rows] == [2, 3]
    assert "characters" in rows[1].problem.reason
