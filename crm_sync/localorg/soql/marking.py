"""What comes back of a search beside its records: words marked in texts, labels of fields."""

import re

from crm_sync.localorg.schema.model import Field, Schema
from crm_sync.localorg.soql.shape import Record
from crm_sync.localorg.soql.words import WORD, Phrase, Together, Wish

MARKED = frozenset(("Account", "Campaign", "Contact", "Lead", "Opportunity", "Quote", "User"))
TEXTS = frozenset(("string", "email", "textarea"))
MOST_MARKED = 25
WILD = re.compile(r"[*?]")


def _wanted(wish: Wish) -> list[str]:
    """Return the words that are to be found; those with wildcards are not marked."""
    if isinstance(wish, Phrase):
        return [] if WILD.search(wish.text) else [wish.text]
    if isinstance(wish, Together):
        return [text for part in wish.parts for text in _wanted(part)]
    return []


def _pattern(wish: Wish) -> re.Pattern[str] | None:
    found = [r"\W+".join(map(re.escape, WORD.findall(text))) for text in _wanted(wish)]
    longest_first = sorted(filter(None, found), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def mark(schema: Schema, wish: Wish, records: list[Record]) -> None:
    """Add to the first records of each kind their texts with the words that were found marked."""
    pattern, marked = _pattern(wish), dict[str, int]()
    for record in records if pattern is not None else ():
        kind = kind_of(record)
        owner = schema.require(kind)
        marked[kind] = marked.get(kind, 0) + 1
        if marked[kind] > MOST_MARKED or not (owner.custom or owner.name in MARKED):
            continue
        for field in filter(None, map(owner.find, list(record))):
            _mark_field(pattern, record, field)


def _mark_field(pattern: re.Pattern[str] | None, record: Record, field: Field) -> None:
    text = record.get(field.name)
    if pattern is None or field.type not in TEXTS or not isinstance(text, str):
        return
    shown = pattern.sub(r"<mark>\g<0></mark>", text)
    if shown != text:
        record[f"highlight.{field.name}"] = shown


def kind_of(record: Record) -> str:
    """Return the name of a record's object."""
    attributes = record["attributes"]
    return str(attributes["type"]) if isinstance(attributes, dict) else ""


def labels(schema: Schema, records: list[Record]) -> dict[str, object]:
    """Return the labels of the fields that were found, in the platform's own spelling."""
    names: dict[str, list[str]] = {}
    for record in records:
        names.setdefault(kind_of(record), list(record))
    entities = []
    for kind, given in names.items():
        fields = filter(None, map(schema.require(kind).find, given))
        shown = [{"name": each.name, "label": each.label} for each in fields]
        entities.append({"entityName": kind, "fieldMetadata": shown})
    return {"entityetadata": entities}
