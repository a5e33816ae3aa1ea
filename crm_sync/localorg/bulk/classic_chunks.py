"""PK chunking: a query of Bulk API 1.0 that is cut into ranges of record ids."""

import re

from crm_sync.localorg.org import Org
from crm_sync.localorg.soql.tokens import tokenize
from crm_sync.localorg.store.tables import quote

USUAL, MOST = 100_000, 250_000
SIZE = re.compile(r"chunksize\s*=\s*(\d{1,9})", re.IGNORECASE)
BEHIND_WHERE = frozenset(("WITH", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "UPDATE"))


def wished_size(header: str) -> int:
    """Return how many records a client wants in each chunk; none when it wants no chunks."""
    found = SIZE.search(header)
    if found:
        return min(max(int(found.group(1)), 1), MOST)
    wish = header.strip().strip(";").lower()
    return USUAL if wish == "true" or "=" in wish else 0


def _starts(org: Org, name: str, size: int) -> list[str]:
    """Return the first id of every chunk."""
    sql = (
        "SELECT Id FROM (SELECT Id, row_number() OVER (ORDER BY Id) AS place "
        f"FROM {quote(name)}) WHERE (place - 1) % ? = 0 ORDER BY Id"
    )
    with org.store.read() as connection:
        return [row[0] for row in connection.execute(sql, (size,))]


def _narrowed(text: str, low: str, high: str) -> str:
    """Return a statement for the records whose ids lie in a range."""
    tests = [f"Id >= '{low}'"] if low else []
    tests += [f"Id < '{high}'"] if high else []
    if not tests:
        return text
    depth, where, end = 0, -1, len(text)
    for token in tokenize(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.word == "WHERE":
            where = token.at
        elif depth == 0 and token.word in BEHIND_WHERE:
            end = token.at
            break
    test = " AND ".join(tests)
    if where < 0:
        return f"{text[:end].rstrip()} WHERE {test} {text[end:]}".rstrip()
    head, condition = text[:where], text[where + len("WHERE") : end].strip()
    return f"{head}WHERE ({condition}) AND {test} {text[end:]}".rstrip()


def statements(org: Org, name: str, text: str, size: int) -> list[str]:
    """Return a statement for each chunk; together they find what the whole one finds."""
    starts = _starts(org, name, size)[1:]
    return [
        _narrowed(text, low, high) for low, high in zip(["", *starts], [*starts, ""], strict=True)
    ]
