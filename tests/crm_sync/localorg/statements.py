"""Random statements, each with a plain Python answer of its own to what it asks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cmp_to_key
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from crm_sync.localorg.soql.escape import format_soql

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TODAY = NOW.astimezone(ZONE).date()
TEXTS = ("alpha", "Alpha", "beta", "a_c", "50%", "O'Neil", "é", "É", "Zoë", "x\\y", "")
NUMBERS = (-5, 0, 1, 7, 1000)
DAYS = tuple(TODAY + timedelta(days=days) for days in (-400, -31, -1, 0, 1, 40))
MOMENTS = tuple(
    datetime.combine(TODAY + timedelta(days=days), time(), ZONE) + timedelta(seconds=seconds)
    for days in (-1, 0, 1)
    for seconds in (-1, 0, 3600)
)
KINDS = {
    "Name": "text",
    "Site": "text",
    "Industry": "text",
    "Parent.Name": "text",
    "NumberOfEmployees": "number",
    "AnnualRevenue": "number",
    "Parent.NumberOfEmployees": "number",
    "LastActivityDate": "day",
    "CreatedDate": "moment",
}


@dataclass(frozen=True)
class Asked:
    """A part of a statement, and what it means for a row: true, false, or None for unknown."""

    text: str
    holds: object


def literal(kind, value):
    if value is None:
        return "null"
    if kind == "text":
        return format_soql(value)
    if kind == "number":
        return str(value)
    return value.isoformat() if kind == "day" else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def plain(value):
    """Nothing and an empty text are the same, and case does not count."""
    return (value.lower() or None) if isinstance(value, str) else value


def ordered(value):
    """Texts are sorted with small ASCII letters; others stand behind them as they are."""
    if not isinstance(value, str):
        return value
    return "".join(one.lower() if one.isascii() else one for one in value)


def compare(operator, left, right):
    is_text = isinstance(right, str)
    left, right = plain(left), plain(right)
    if operator in {"=", "!="}:
        same = left == right
        known = left is not None or right is None
        return (same if known else None) if operator == "=" else not same
    if left is None or (right is None and not is_text):
        return None
    right = "" if right is None else right
    return {
        "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right
    }[operator]  # fmt: skip


def fits(text, pattern):
    """Say whether a text fits a pattern of characters, `%` and `_`, by trying every split."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == ("any",):
        return any(fits(text[start:], rest) for start in range(len(text) + 1))
    return bool(text) and head in (("one",), text[0]) and fits(text[1:], rest)


SPANS = {
    "TODAY": (TODAY, TODAY),
    "YESTERDAY": (TODAY - timedelta(days=1),) * 2,
    "TOMORROW": (TODAY + timedelta(days=1),) * 2,
    "LAST_N_DAYS:40": (TODAY - timedelta(days=40), TODAY),
    "NEXT_N_DAYS:40": (TODAY + timedelta(days=1), TODAY + timedelta(days=40)),
    "LAST_YEAR": (date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31)),
    "THIS_MONTH": (date(2026, 11, 1), date(2026, 11, 30)),
    "N_MONTHS_AGO:1": (date(2026, 10, 1), date(2026, 10, 31)),
}


def in_span(operator, value, span):
    if value is None:
        return True if operator == "!=" else None
    day = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    first, last = span
    return {
        "=": first <= day <= last, "!=": not first <= day <= last, "<": day < first,
        "<=": day <= last, ">": day > last, ">=": day >= first,
    }[operator]  # fmt: skip


VALUES = {"text": TEXTS, "number": NUMBERS, "day": DAYS, "moment": MOMENTS}
FIELDS = st.sampled_from(sorted(KINDS))
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@st.composite
def comparisons(draw):
    field = draw(FIELDS)
    kind = KINDS[field]
    value = draw(st.sampled_from((*VALUES[kind], None)))
    signs = ["=", "!="] if value is None or (kind == "text" and value != "") else None
    operator = draw(st.sampled_from(signs) if signs else OPERATORS)
    return Asked(
        f"{field} {operator} {literal(kind, value)}",
        lambda row: compare(operator, row[field], value),
    )


@st.composite
def memberships(draw):
    field = draw(FIELDS)
    kind = KINDS[field]
    values = draw(st.lists(st.sampled_from((*VALUES[kind], None)), min_size=1, max_size=4))
    word = draw(st.sampled_from(["IN", "NOT IN"]))
    wanted = {plain(value) for value in values}

    def holds(row):
        inside = plain(row[field]) in wanted
        if word == "NOT IN":
            return not inside
        unknown = plain(row[field]) is None and None not in wanted
        return None if unknown else inside

    shown = ", ".join(literal(kind, value) for value in values)
    return Asked(f"{field} {word} ({shown})", holds)


@st.composite
def likes(draw):
    field = draw(st.sampled_from([name for name, kind in KINDS.items() if kind == "text"]))
    parts = draw(st.lists(st.sampled_from([("any",), ("one",), *"aAbeéÉ'\\%_5"]), max_size=5))
    spoken = {("any",): "%", ("one",): "_", "%": "\\%", "_": "\\_", "\\": "\\\\", "'": "\\'"}
    pattern = [part.lower() if isinstance(part, str) else part for part in parts]

    def holds(row):
        value = row[field] or None
        return None if value is None else fits(list(value.lower()), pattern)

    return Asked(f"{field} LIKE '{''.join(spoken.get(part, part) for part in parts)}'", holds)


@st.composite
def spans(draw):
    field = draw(st.sampled_from(["LastActivityDate", "CreatedDate"]))
    word, operator = draw(st.sampled_from(sorted(SPANS))), draw(OPERATORS)
    return Asked(
        f"{field} {operator} {word}", lambda row: in_span(operator, row[field], SPANS[word])
    )


def _not(inner):
    def holds(row):
        found = inner.holds(row)
        return None if found is None else not found

    return Asked(f"NOT ({inner.text})", holds)


def _both(word, parts):
    def holds(row):
        found = [part.holds(row) for part in parts]
        decisive = word == "OR"
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return Asked(f" {word} ".join(f"({part.text})" for part in parts), holds)


CONDITIONS = st.recursive(
    comparisons() | memberships() | likes() | spans(),
    lambda inner: inner.map(_not)
    | st.tuples(
        st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)
    ).map(lambda pair: _both(*pair)),
    max_leaves=6,
)  # fmt: skip


def _by(field, *, descending, last):
    """Return an order of rows by one field, with what is empty at its end of the list."""

    def order(one, other):
        left, right = ordered(one[field] or None), ordered(other[field] or None)
        if isinstance(one[field], int):
            left = one[field]
        if isinstance(other[field], int):
            right = other[field]
        if left is None or right is None:
            place = (left is None) - (right is None)
            return place if last else -place
        return ((left > right) - (left < right)) * (-1 if descending else 1)

    return order


@st.composite
def orders(draw):
    names = [name for name in sorted(KINDS) if name != "Industry"]
    keys = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    texts, sorters = [], []
    for key in keys:
        descending = draw(st.booleans())
        nulls = draw(st.sampled_from(["", " NULLS FIRST", " NULLS LAST"]))
        texts.append(
            f"{key}{' DESC' if descending else draw(st.sampled_from(['', ' ASC']))}{nulls}"
        )
        sorters.append(_by(key, descending=descending, last=nulls.endswith("LAST")))
    sorters.append(_by("Id", descending=False, last=False))

    def both(one, other):
        return next((found for sorter in sorters if (found := sorter(one, other))), 0)

    return f" ORDER BY {', '.join([*texts, 'Id'])}", cmp_to_key(both)


@st.composite
def selections(draw):
    """A whole statement about accounts, and the ids that it finds in their order."""
    where, (order, key) = draw(st.none() | CONDITIONS), draw(orders())
    limit = draw(st.none() | st.integers(0, 9))
    offset = draw(st.none() | st.integers(0, 5))
    text = f"SELECT Id FROM Account{f' WHERE {where.text}' if where else ''}{order}"
    text += "" if limit is None else f" LIMIT {limit}"
    text += "" if offset is None else f" OFFSET {offset}"

    def answer(rows):
        found = sorted((row for row in rows if where is None or where.holds(row)), key=key)
        found = found[offset or 0 :]
        return [row["Id"] for row in (found if limit is None else found[:limit])]

    return Asked(text, answer)


SUMS = {
    "COUNT(Id)": len,
    "COUNT(Site)": lambda rows: sum(bool(row["Site"]) for row in rows),
    "COUNT_DISTINCT(Industry)": lambda rows: len({row["Industry"] for row in rows} - {None}),
    "SUM(NumberOfEmployees)": lambda rows: _over(rows, sum),
    "MIN(NumberOfEmployees)": lambda rows: _over(rows, min),
    "MAX(NumberOfEmployees)": lambda rows: _over(rows, max),
    "AVG(NumberOfEmployees)": lambda rows: _over(rows, lambda some: sum(some) / len(some)),
}


def _over(rows, made):
    some = [row["NumberOfEmployees"] for row in rows if row["NumberOfEmployees"] is not None]
    return made(some) if some else None


@st.composite
def summaries(draw):
    """A statement that sums up accounts by industry, and its rows."""
    where = draw(st.none() | CONDITIONS)
    names = draw(st.lists(st.sampled_from(sorted(SUMS)), min_size=1, max_size=3, unique=True))
    least = draw(st.none() | st.integers(1, 4))
    text = f"SELECT Industry, {', '.join(names)} FROM Account"
    text += f" WHERE {where.text}" if where else ""
    text += " GROUP BY Industry" + ("" if least is None else f" HAVING COUNT(Id) >= {least}")

    def answer(rows):
        groups = {}
        for row in rows:
            if where is None or where.holds(row):
                groups.setdefault(row["Industry"], []).append(row)
        return {
            industry: [SUMS[name](group) for name in names]
            for industry, group in groups.items()
            if least is None or len(group) >= least
        }

    return Asked(text, answer)
