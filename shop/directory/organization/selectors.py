"""Questions about the store, its places and its days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from shop.core import options, request_memory
from shop.core.dates import FiscalYear, fiscal_year
from shop.core.statements import Statement
from shop.directory.organization.calendars import parse_holidays, parse_hours
from shop.directory.organization.models import PROFILE_ID, Holiday, Location, StoreProfile

STORE_MEMORY = "store"
PROFILE = Statement(lambda: StoreProfile.objects.filter(pk=PROFILE_ID))
HOLIDAYS = Statement(
    lambda first, last: Holiday.objects.filter(on__gte=first, on__lte=last).values_list(
        "on", flat=True
    )
)


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What pages, mails and documents say about the store."""

    name: str
    address: str
    legal_name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    gstin: str
    phone: str
    email: str
    logo_path: str
    currency: str
    locale: str
    language: str
    brand_color: str


def get_profile() -> StoreProfile:
    """Answer the store's profile, or the one it begins with."""
    return PROFILE.one() or StoreProfile(pk=PROFILE_ID)


def store() -> StoreFacts:
    """Answer who the store is; a request asks once."""
    return request_memory.remember(STORE_MEMORY, _read_store)


def currency() -> str:
    """Answer the currency that the store sells in."""
    return str(options.value("store.currency"))


def _read_store() -> StoreFacts:
    profile = get_profile()
    return StoreFacts(
        name=options.value("store.name"),
        address=options.value("store.address"),
        legal_name=profile.legal_name,
        line1=profile.line1,
        line2=profile.line2,
        city=profile.city,
        state=profile.state,
        postal_code=profile.postal_code,
        country=profile.country,
        gstin=profile.gstin,
        phone=profile.phone,
        email=profile.email,
        logo_path=profile.logo.name or "",
        currency=currency(),
        locale=options.value("store.locale"),
        language=options.value("store.language"),
        brand_color=options.value("store.brand_color"),
    )


def active_warehouses() -> QuerySet[Location]:
    """Answer the warehouses in use, first choice first."""
    return Location.objects.filter(kind=Location.Kind.WAREHOUSE, is_active=True).order_by(
        "priority", "pk"
    )


def free_days(first: date, last: date) -> frozenset[date]:
    """Answer the days of a period on which nobody works: weekly, yearly and dated ones."""
    working = parse_hours(options.value("hours.default"))
    yearly = parse_holidays(options.value("hours.holidays"))
    dated = set(HOLIDAYS.all(first=first, last=last))
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return frozenset(
        day
        for day in days
        if day.weekday() not in working or (day.month, day.day) in yearly or day in dated
    )


def is_working_day(day: date) -> bool:
    """Whether somebody works on a day."""
    return not free_days(day, day)


def fiscal_year_of(day: date) -> FiscalYear:
    """Answer the store's fiscal year that holds a day."""
    return fiscal_year(
        day,
        options.value("store.fiscal_year_start"),
        options.value("store.fiscal_year_named_after"),
    )
