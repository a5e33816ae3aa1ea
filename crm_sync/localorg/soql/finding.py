"""Looking for words in the fields of an object, in SQL."""

from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.soql import native, words
from crm_sync.localorg.soql.nodes import Path
from crm_sync.localorg.soql.scope import Scope, joined
from crm_sync.localorg.soql.words import Phrase, Wish, Without

PLAIN = frozenset(("string", "email", "phone", "url", "picklist", "textarea", "combobox"))
NAMES = frozenset(("FirstName", "LastName"))
SIDEBAR = frozenset(("email", "phone"))


def _is_name(field: Field) -> bool:
    return field.is_name or field.name in NAMES


def searched(owner: SObject, group: str) -> list[Field]:
    """Return the fields that a search group names."""
    texts = [one for one in owner.fields.values() if one.type in PLAIN]
    if group == "NAME":
        return [one for one in texts if _is_name(one)]
    if group == "SIDEBAR":
        return [one for one in texts if _is_name(one) or one.type in SIDEBAR]
    return [one for one in texts if group == "ALL" or one.type == group.lower()]


def _phrase(scope: Scope, group: str, text: str) -> str:
    tests = []
    for field in searched(scope.owner, group):
        column = scope.resolve(Path((field.name,), 0)).sql
        near = words.likeness(text)
        first = f"{column} LIKE {scope.bind(near)} AND " if near else ""
        tests.append(f"({first}{native.HOLDS}({column}, {scope.bind(text)}))")
    return joined("OR", tests) if tests else "0"


def test(scope: Scope, group: str, wish: Wish) -> str:
    """Return the condition that a record holds what is looked for."""
    if isinstance(wish, Phrase):
        return f"COALESCE({_phrase(scope, group, wish.text)}, 0)"
    if isinstance(wish, Without):
        return f"NOT {test(scope, group, wish.inner)}"
    return joined(wish.word, [test(scope, group, part) for part in wish.parts])
