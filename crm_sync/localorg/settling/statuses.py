"""Statuses and stages: a standard value set decides which there are and what each means."""

from collections.abc import Iterable, Iterator

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.schema.standard import read_statuses
from crm_sync.localorg.settling.wanted import Values, Wanted

TABLES = frozenset(
    ("CaseStatus", "ContractStatus", "LeadStatus", "OpportunityStage", "OrderStatus", "TaskStatus")
)
FLAGS = {"CaseStatus": {"IsClosed": "closed"}, "LeadStatus": {"IsConverted": "converted"}}
FLAGS |= {"TaskStatus": FLAGS["CaseStatus"]}
FLAGS |= {"OpportunityStage": {"IsClosed": "closed", "IsWon": "won"}}
CODED = frozenset(("ContractStatus", "OrderStatus"))
FORECASTS = {"BestCase": "Best Case", "MostLikely": "Most Likely", "Forecast": "Commit"}


def _of_stage(element: etree._Element) -> Values:
    category = xml.text(element, "forecastCategory", "Pipeline")
    share = xml.text(element, "probability", "0")
    return {
        "IsActive": int(xml.flag(element, "isActive", default=True)),
        "DefaultProbability": float(share) if share.replace(".", "", 1).isdigit() else 0.0,
        "ForecastCategory": category,
        "ForecastCategoryName": FORECASTS.get(category, category),
        "Description": xml.text(element, "description") or None,
    }


def _facts(table: str, element: etree._Element) -> Values:
    flags = FLAGS.get(table, {})
    facts: Values = {name: int(xml.flag(element, tag)) for name, tag in flags.items()}
    if table == "OpportunityStage":
        return facts | _of_stage(element)
    facts["IsDefault"] = int(xml.flag(element, "default"))
    if table in CODED:
        facts["StatusCode"] = xml.text(element, "groupingString") or "Draft"
    return facts


def _given(component: Component) -> Iterator[Wanted]:
    entries = xml.children(component.element(), "standardValue")
    for place, each in enumerate(entries, 1):
        value = xml.text(each, "fullName")
        named = {"ApiName": value, "MasterLabel": xml.text(each, "label") or value}
        facts = _facts(component.name, each)
        yield Wanted(component.name, value, {**named, "SortOrder": place, **facts})


def usual(taken: Iterable[str] = ()) -> Iterator[Wanted]:
    """Yield the statuses that every org starts with, but for the tables that are taken."""
    order: dict[str, int] = {}
    for name, value, facts in read_statuses():
        if name in taken:
            continue
        order[name] = order.get(name, 0) + 1
        values: Values = {"ApiName": value, "MasterLabel": value, "SortOrder": order[name]}
        flags = dict.fromkeys(FLAGS.get(name, {}), 0)
        values |= {**flags, "IsActive" if name == "OpportunityStage" else "IsDefault": 0}
        values |= {
            key: int(each) if isinstance(each, bool) else each for key, each in facts.items()
        }
        if name == "OpportunityStage":
            values["IsActive"] = 1
        yield Wanted(name, value, values)


def wanted(components: Iterable[Component]) -> Iterator[Wanted]:
    """Yield every status and stage that the org knows."""
    sets = [x for x in components if x.kind == "StandardValueSet" and x.name in TABLES]
    yield from usual({each.name for each in sets})
    for each in sets:
        yield from _given(each)
