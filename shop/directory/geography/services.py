"""Fills the directory of places."""

import csv
import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from shop.directory.geography import india
from shop.directory.geography.addresses import country_name
from shop.directory.geography.models import CityAlias, Country, PostalCode, Region, State

FIXTURE = Path("fixtures") / "india" / "pincodes.csv.gz"
BATCH = 5000
# What the post calls an office, after the name of the place.
_OFFICE = re.compile(r"\s*(\(.*\)|G\.?P\.?O\.?|[HSB]\.?O\.?|NDC)$", re.IGNORECASE)
_MAIN_OFFICE = re.compile(r"(G\.?P\.?O\.?|H\.?O\.?)$", re.IGNORECASE)
_TOWN_PINS = slice(0, 4)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows the directory has now."""

    states: int
    postal_codes: int


@transaction.atomic
def load_india(
    *, states: Iterable[india.IndianState], postal_codes: Iterable[Mapping[str, str]]
) -> LoadReport:
    """Fill or refresh the Indian directory; doing it again changes nothing."""
    country, _ = Country.objects.get_or_create(
        code=india.INDIA, defaults={"name": country_name(india.INDIA)}
    )
    by_name = _load_states(country, states)
    CityAlias.objects.bulk_create(
        [CityAlias(alias=alias, city=city) for alias, city in india.CITY_ALIASES.items()],
        ignore_conflicts=True,
    )
    rows = list(postal_codes)
    towns = _towns(rows)
    codes = [_postal_code(country, row, towns, by_name) for row in rows]
    PostalCode.objects.bulk_create(
        codes,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["country", "code"],
        update_fields=["city", "district", "state", "latitude", "longitude"],
    )
    return LoadReport(states=len(by_name), postal_codes=len(codes))


def load_india_files() -> LoadReport:
    """Fill the Indian directory from the file that comes with the product."""
    with gzip.open(settings.BASE_DIR / FIXTURE, "rt", encoding="utf-8", newline="") as file:
        return load_india(states=india.STATES, postal_codes=csv.DictReader(file))


def _load_states(country: Country, states: Iterable[india.IndianState]) -> dict[str, State]:
    """Add missing regions and states; a region that staff changed stays as it is."""
    Region.objects.bulk_create(
        [Region(code=code, name=name) for code, name in india.REGIONS.items()],
        ignore_conflicts=True,
    )
    regions = {region.code: region for region in Region.objects.all()}
    wanted = list(states)
    State.objects.bulk_create(
        [
            State(
                country=country,
                code=state.code,
                gst_code=state.gst_code,
                name=state.name,
                region=regions[state.region],
            )
            for state in wanted
        ],
        ignore_conflicts=True,
    )
    return {state.code: state for state in State.objects.filter(country=country)}


def _place_name(office: str) -> str:
    """Answer the town in the name of a post office."""
    name = " ".join(office.split())
    while (shorter := _OFFICE.sub("", name)) != name and shorter:
        name = shorter
    name = name.title() if name.isupper() or name.islower() else name
    return india.CITY_ALIASES.get(name.lower(), name)


def _towns(rows: list[Mapping[str, str]]) -> dict[str, str]:
    """Answer the town of each city range: 560 0xx belongs to the head office 560 001."""
    return {
        row["pincode"][_TOWN_PINS]: _place_name(row["main_office"])
        for row in rows
        if row["pincode"].endswith("001") and _MAIN_OFFICE.search(row["main_office"])
    }


def _point(text: str) -> float | None:
    return float(text) if text else None


def _postal_code(
    country: Country,
    row: Mapping[str, str],
    towns: Mapping[str, str],
    states: Mapping[str, State],
) -> PostalCode:
    known = india.find_state(row["state"])
    city = towns.get(row["pincode"][_TOWN_PINS]) or _place_name(row["main_office"])
    return PostalCode(
        country=country,
        code=row["pincode"],
        city=city[:100],
        district=row["district"].title(),
        state=states.get(known.code) if known else None,
        latitude=_point(row["latitude"]),
        longitude=_point(row["longitude"]),
    )
