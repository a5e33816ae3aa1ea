"""What a field depends on: values on those of another field, links on the record they lead to."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from crm_sync.localorg.schema import criteria, xml
from crm_sync.localorg.schema.criteria import Criteria

# Bits come in groups of three bytes, so that their text needs no filling.
GROUP = 3
CHECKBOX = ("unchecked", "checked")
SOURCE = "$Source."


@dataclass(frozen=True, slots=True)
class LookupFilter:
    """Which records a link may lead to."""

    criteria: Criteria
    message: str = ""
    is_optional: bool = False

    @property
    def sources(self) -> list[str]:
        """Return the fields beside the link that the filter looks at."""
        named = [name for each in self.criteria.items for name in (each.field, each.other)]
        found = (name.removeprefix(SOURCE) for name in named if name.startswith(SOURCE))
        return list(dict.fromkeys(found))


def read_filter(element: etree._Element) -> LookupFilter | None:
    """Read the filter of a link, if it has one in force."""
    found = xml.child(element, "lookupFilter")
    if found is None or not xml.flag(found, "active", default=True):
        return None
    entries = xml.children(found, "filterItems")
    wish = criteria.read_items(entries, xml.text(found, "booleanFilter"))
    return LookupFilter(wish, xml.text(found, "errorMessage"), xml.flag(found, "isOptional"))


def read_controlled(element: etree._Element) -> tuple[str, dict[str, frozenset[str]]]:
    """Read which field controls a picklist, and for which of its values each value is there."""
    values = xml.child(element, "valueSet")
    if values is None:
        return "", {}
    valid = {
        xml.text(each, "valueName"): frozenset(
            (one.text or "").strip() for one in xml.children(each, "controllingFieldValue")
        )
        for each in xml.children(values, "valueSettings")
    }
    return xml.text(values, "controllingField"), valid


def bits(wanted: frozenset[str], controlling: Iterable[str]) -> str:
    """Return for which controlling values a value is there, a bit for each."""
    known = list(controlling)
    size = max(-(-len(known) // 8), 1)
    found = bytearray(-(-size // GROUP) * GROUP)
    for place, value in enumerate(known):
        if value in wanted:
            found[place >> 3] |= 0x80 >> place % 8
    return base64.b64encode(found).decode()
