"""Search, by SOSL or by parameters."""

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.soql.sosl import statements

DEFAULT_LIMIT = 2000


def run(call: Call, text: str) -> list[dict[str, object]]:
    """Return the records that a SOSL statement finds."""
    if not text.strip():
        raise SalesforceError("MALFORMED_SEARCH", "No search term found.")
    found: list[dict[str, object]] = []
    queries, limit = statements(text, call.org.visible)
    for query in queries:
        found += call.org.reader.query(query, base=call.base).records
    return found[:limit]


def search(call: Call) -> Answer:
    """Find words in many objects."""
    return Answer({"searchRecords": run(call, call.params().get("q", ""))})


def parameterized(call: Call) -> Answer:
    """Find words, with the wishes given one by one."""
    body: dict[str, object] = dict(call.params())
    if call.method == "POST":
        body = call.json_object()
    words = str(body.get("q", "")).replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    group = str(body.get("in", "ALL")).upper()
    text = f"FIND {{{words}}} IN {group} FIELDS"
    targets = _targets(body)
    if targets:
        text += f" RETURNING {', '.join(targets)}"
    limit = body.get("overallLimit", DEFAULT_LIMIT)
    return Answer({"searchRecords": run(call, f"{text} LIMIT {_whole(limit)}")})


def _whole(value: object) -> int:
    text = str(value)
    if not text.isdigit():
        raise parser_error("overallLimit has to be a whole number")
    return int(text)


def _targets(body: dict[str, object]) -> list[str]:
    objects, common = body.get("sobjects") or body.get("sobject"), body.get("fields")
    if isinstance(objects, str):
        fields = common if isinstance(common, str) else "Id"
        return [f"{name.strip()}({fields})" for name in objects.split(",")]
    found = []
    for entry in objects if isinstance(objects, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise parser_error("sobjects: every entry needs a name")
        wanted = entry.get("fields") or common
        names = [str(each) for each in wanted] if isinstance(wanted, list) else ["Id"]
        where = f" WHERE {entry['where']}" if entry.get("where") else ""
        limit = f" LIMIT {_whole(entry['limit'])}" if entry.get("limit") else ""
        found.append(f"{entry['name']}({', '.join(names)}{where}{limit})")
    return found
