"""Search, by SOSL or by parameters."""

from urllib.parse import parse_qsl

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.numbers import is_whole
from crm_sync.localorg.soql import marking
from crm_sync.localorg.soql.escape import format_soql
from crm_sync.localorg.soql.shape import Record
from crm_sync.localorg.soql.sosl import MOST, Search, parse

ESCAPED = str.maketrans({char: f"\\{char}" for char in "\\{}"})
PARTS = {"where": "WHERE", "orderBy": "ORDER BY", "limit": "LIMIT", "offset": "OFFSET"}
COUNTS = frozenset(("limit", "offset"))
Wishes = dict[str, object]


def _found(call: Call, search: Search) -> list[Record]:
    found: list[Record] = []
    for query in search.queries:
        found += call.org.reader.search(query, base=call.base)
    return found[: search.limit]


def run(call: Call, text: str) -> list[Record]:
    """Return the records that a SOSL statement finds."""
    return _found(call, parse(text, call.org.visible))


def _answered(call: Call, text: str) -> Answer:
    """Return what a SOSL statement finds, marked and labelled where it asks for that."""
    schema = call.org.visible
    search = parse(text, schema)
    records = _found(call, search)
    answer: dict[str, object] = {"searchRecords": records}
    if "METADATA" in search.wanted:
        answer["metadata"] = marking.labels(schema, records)
    if "HIGHLIGHT" in search.wanted:
        marking.mark(schema, search.wish, records)
    return Answer(answer)


def search(call: Call) -> Answer:
    """Find words in many objects."""
    return _answered(call, call.params().get("q", ""))


def parameterized(call: Call) -> Answer:
    """Find words, with the wishes given one by one."""
    body = call.json_object() if call.method == "POST" else _from_address(call)
    if not str(body.get("q") or "").strip():
        raise SalesforceError("MALFORMED_SEARCH", "No search term found.")
    words = str(body["q"]).translate(ESCAPED)
    text = f"FIND {{{words}}} IN {str(body.get('in') or 'ALL').upper()} FIELDS"
    targets = _targets(body)
    if targets:
        text += f" RETURNING {', '.join(targets)}"
    if body.get("metadata"):
        text += f" WITH METADATA={format_soql(str(body['metadata']))}"
    limit = _whole("overallLimit", body.get("overallLimit", MOST))
    return _answered(call, f"{text} LIMIT {limit}")


def _from_address(call: Call) -> Wishes:
    """Return the wishes of an address: objects are repeated, their own wishes carry their name."""
    body: Wishes = {}
    objects: dict[str, Wishes] = {}
    for name, value in parse_qsl(call.query):
        owner, dot, part = name.partition(".")
        if dot:
            objects.setdefault(owner, {"name": owner})[part] = value
        elif name == "sobject":
            for each in value.split(","):
                objects.setdefault(each.strip(), {"name": each.strip()})
        else:
            body[name] = value
    return {**body, "sobjects": list(objects.values())}


def _whole(name: str, value: object) -> int:
    text = str(value)
    if not is_whole(text):
        raise parser_error(f"{name} has to be a whole number")
    return int(text)


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [each.strip() for each in value.split(",")]
    return [str(each) for each in value] if isinstance(value, list) else []


def _targets(body: Wishes) -> list[str]:
    objects = body.get("sobjects")
    found = []
    for entry in objects if isinstance(objects, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise parser_error("sobjects: every entry needs a name")
        wanted = {"limit": body.get("defaultLimit"), **entry}
        names = _names(wanted.get("fields")) or _names(body.get("fields")) or ["Id"]
        text = ", ".join(names)
        for part, word in PARTS.items():
            value = wanted.get(part)
            if value:
                text += f" {word} {_whole(part, value) if part in COUNTS else value}"
        found.append(f"{entry['name']}({text})")
    return found
