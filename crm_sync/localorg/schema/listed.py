"""List views, as read."""

from dataclasses import dataclass

from lxml import etree

from crm_sync.localorg.schema import criteria, xml
from crm_sync.localorg.schema.criteria import Criteria


@dataclass(frozen=True, slots=True)
class ListView:
    """One list view of an object."""

    owner: str
    name: str
    label: str
    columns: tuple[str, ...] = ()
    filters: Criteria = criteria.ALWAYS
    scope: str = "Everything"


def read(element: etree._Element, owner: str, name: str) -> ListView:
    """Read one list view."""
    entries = xml.children(element, "filters")
    return ListView(
        owner,
        name,
        xml.text(element, "label") or name,
        tuple((each.text or "").strip() for each in xml.children(element, "columns")),
        criteria.read_items(entries, xml.text(element, "booleanFilter")),
        xml.text(element, "filterScope", "Everything"),
    )
