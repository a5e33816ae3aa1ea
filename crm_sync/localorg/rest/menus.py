"""Tabs, apps, colours and icons: what a client needs to find its way like a person."""

from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.schema.source import Component

COLOURS = ("1797C0", "3A49DA", "7F2443", "E8B407", "3C3C3C", "0B827C")
STANDARD_APP = "Sales"
MENUS = ("AppSwitcher", "Salesforce1", "NetworkTabs")
# What the menu of the mobile app begins with, before its tabs.
MOBILE = (
    ("Standard.Feed", "Feed", "/_ui/core/chatter/ui/ChatterPage"),
    ("Standard.Tasks", "Tasks", "/00T"),
    ("Standard.Search", "Smart Search Items", "/search"),
)
Entry = dict[str, Any]


def icon_url(call: Call) -> str:
    """Return the address of the one picture that stands for everything."""
    return f"{call.host}/static/icon.svg"


def _icon(call: Call) -> Entry:
    facts = {"contentType": "image/svg+xml", "height": 0, "theme": "theme4", "width": 0}
    return {**facts, "url": icon_url(call)}


def tabbed(call: Call) -> list[SObject]:
    """Return the objects that people work with."""
    return [each for each in call.org.visible.tables() if not each.setup and each.createable]


def drawn(call: Call, owner: SObject) -> Entry:
    """Return the colours and icons of an object."""
    colour = COLOURS[sum(owner.name.encode()) % len(COLOURS)]
    colours = [{"color": colour, "context": "primary", "theme": "theme4"}]
    return {"colors": colours, "icons": [_icon(call)]}


def _tab(call: Call, owner: SObject) -> Entry:
    return {
        **drawn(call, owner),
        "custom": owner.custom,
        "iconUrl": icon_url(call),
        "label": owner.plural,
        "miniIconUrl": icon_url(call),
        "name": tab_name(owner),
        "sobjectName": owner.name,
        "url": f"{call.host}/o/{owner.name}/",
    }


def tab_name(owner: SObject) -> str:
    """Return what an object's tab is called."""
    return owner.name if owner.custom else f"standard-{owner.name}"


def all_tabs(call: Call) -> list[Entry]:
    """Return a tab for every object that people work with."""
    return [_tab(call, each) for each in tabbed(call)]


def tabs(call: Call) -> Answer:
    """List all tabs."""
    return Answer(all_tabs(call))


def themes(call: Call, names: set[str] | None = None) -> list[Entry]:
    """Return colours and icons of all objects, or of the named ones."""
    found = [each for each in tabbed(call) if names is None or each.name.lower() in names]
    return [{**drawn(call, each), "name": each.name} for each in found]


def theme(call: Call) -> Answer:
    """Return the colours and icons of the objects."""
    return Answer({"themeItems": themes(call)})


def _app(call: Call, component: Component, known: dict[str, Entry]) -> Entry:
    element = component.element()
    named = [(each.text or "").strip() for each in xml.children(element, "tabs")]
    label = xml.text(element, "label") or component.name
    found = [known[each] for each in named if each in known]
    return _set(call, label, xml.text(element, "description"), found)


def _set(call: Call, label: str, text: str, found: list[Entry]) -> Entry:
    return {
        "description": text,
        "label": label,
        "logoUrl": icon_url(call),
        "namespace": "",
        "selected": False,
        "tabs": found,
    }


def apps(call: Call) -> list[Entry]:
    """Return the apps: one with all tabs and those of the metadata."""
    known = {each["name"]: each for each in all_tabs(call)}
    found = [_set(call, STANDARD_APP, "", list(known.values()))]
    found[0]["selected"] = True
    components = (each for each in call.org.components() if each.kind == "CustomApplication")
    found += [_app(call, each, known) for each in components]
    for place, each in enumerate(found, 1):
        each["tabSetId"] = ids.to_18(f"02u{place:012d}")
    return found


def menu_items(call: Call, kind: str) -> list[Entry]:
    """Return what a menu offers."""
    plain: Entry = {"colors": None, "content": None, "icons": None}
    if kind == "AppSwitcher":
        return [
            {
                **plain,
                "label": each["label"],
                "name": each["label"].replace(" ", "_"),
                "type": "Tabset",
                "url": f"/home/home.jsp?tsid={each['tabSetId'][:15]}",
            }
            for each in apps(call)
        ]
    own = [] if kind == "NetworkTabs" else MOBILE
    found = [{**plain, "label": label, "name": t, "type": t, "url": url} for t, label, url in own]
    return found + [
        {
            **drawn(call, each),
            "content": None,
            "label": each.plural,
            "name": tab_name(each),
            "type": "Tab.entity",
            "url": f"/{each.prefix}",
        }
        for each in tabbed(call)
    ]


def menus(call: Call) -> Answer:
    """Say where the menus are."""
    return Answer({each: f"{call.base}/appMenu/{each}" for each in MENUS})


def menu(call: Call, kind: str) -> Answer:
    """Return one menu."""
    if kind not in MENUS:
        raise not_found()
    return Answer({"appMenuItems": menu_items(call, kind)})
