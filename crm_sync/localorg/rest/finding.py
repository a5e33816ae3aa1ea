"""Around the search: what it looks through, how it shows it, what it proposes while one types."""

import re
import zlib
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.rest.extras import touched
from crm_sync.localorg.rest.menus import tabbed
from crm_sync.localorg.schema.model import SObject

ROWS, PROPOSED, MOST_PROPOSED, SHORTEST = 25, 5, 10, 2
COLUMNS = ("Type", "Status", "StageName", "AccountId", "Email", "Phone", "OwnerId")
LETTERS = re.compile(r"[\\'%_]")
Entry = dict[str, Any]


def scope(call: Call) -> list[SObject]:
    """Return the objects that a search of everything looks through, those touched last first."""
    order = {name: place for place, name in enumerate(dict.fromkeys(touched(call)))}
    return sorted(tabbed(call), key=lambda each: order.get(each.name, len(order)))


def scope_order(call: Call) -> Answer:
    """List the objects in the order in which the user most likely means them."""
    found = [
        {"type": each.name, "url": f"{call.base}/sobjects/{each.name}/describe"}
        for each in scope(call)
    ]
    return Answer(found)


def columns(owner: SObject) -> list[Entry]:
    """Return what a list of found records shows."""
    shown = owner.name_field
    fields = [shown, *(owner.find(name) for name in COLUMNS)]
    found = []
    for field in (each for each in fields if each is not None):
        name = f"{field.relationship}.Name" if field.relationship else field.name
        text = f"toLabel({owner.name}.{name})" if field.picklist else f"{owner.name}.{name}"
        found.append({"field": text, "format": None, "label": field.label, "name": name})
    return found


def layout(owner: SObject) -> Entry:
    """Return how the records of an object are shown when found."""
    return {
        "errorMsg": None,
        "label": "Search Results",
        "limitRows": ROWS,
        "objectType": owner.name,
        "searchColumns": columns(owner),
    }


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def layouts(call: Call) -> Answer:
    """Return how found records of several objects are shown."""
    names = _names(call.params().get("q", ""))
    return Answer([layout(object_of(call, name)) for name in names])


def _required(call: Call, name: str) -> str:
    value = call.params().get(name, "").strip()
    if not value:
        message = f"Missing required parameter: {name}"
        raise SalesforceError("MISSING_ARGUMENT", message)
    return value


def suggestions(call: Call) -> Answer:
    """Propose records whose names begin like what was typed."""
    words = _required(call, "q")
    names = _names(_required(call, "sobject"))
    asked = call.params().get("limit", "")
    limit = min(int(asked), MOST_PROPOSED) if re.fullmatch(r"[1-9]\d{0,3}", asked) else PROPOSED
    found: list[Entry] = []
    for name in names if len(words) >= SHORTEST else []:
        found += _named_like(call, object_of(call, name), words, limit + 1)
    body = {"autoSuggestResults": found[:limit], "hasMoreResults": len(found) > limit}
    return Answer(body)


def _named_like(call: Call, owner: SObject, words: str, most: int) -> list[Entry]:
    shown = owner.name_field
    if shown is None:
        return []
    text = LETTERS.sub(r"\\\g<0>", words)
    statement = (
        f"SELECT Id, {shown.name} FROM {owner.name} WHERE {shown.name} LIKE '{text}%' "
        f"OR {shown.name} LIKE '% {text}%' ORDER BY {shown.name} LIMIT {most}"
    )
    return call.org.reader.query(statement, base=call.base).records


def suggested_queries(call: Call) -> Answer:
    """Propose what others searched for; the org remembers no searches."""
    _required(call, "q")
    return Answer({"autoSuggestResults": [], "hasMoreResults": False})


def relevant(call: Call) -> Answer:
    """List the records that matter most to the user, object by object, with a mark to compare."""
    asked = {each.lower() for each in _names(call.params().get("sobjects", ""))}
    found = []
    for owner in scope(call):
        if asked and owner.name.lower() not in asked:
            continue
        text = f"SELECT Id FROM {owner.name} ORDER BY SystemModstamp DESC LIMIT 200"
        keys = [str(each["Id"])[:15] for each in call.org.reader.query(text).records]
        if keys:
            mark = str(zlib.crc32(",".join(keys).encode()))
            named = {"apiName": owner.name, "key": owner.prefix, "label": owner.plural}
            found.append({**named, "lastUpdatedId": mark, "recordIds": keys})
    whole = str(zlib.crc32(",".join(str(each["lastUpdatedId"]) for each in found).encode()))
    is_new = call.params().get("lastUpdatedId", "") != whole
    headers = {"lastUpdatedId": whole, "newResultSetSinceLastQuery": str(is_new).lower()}
    return Answer(found, headers=headers)
