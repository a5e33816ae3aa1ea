"""Under which terms the demo store sells: taxes, price list, shipping, carriers, warehouses."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from shop.core.actors import Actor
from shop.directory.organization import services as organization
from shop.goods.catalog.models import TaxClass
from shop.goods.shipping.models import ShippingMethod
from shop.platform.operations.demo.places import WAREHOUSES
from shop.pricing.price_lists import services as price_lists
from shop.pricing.tax.models import TaxRate
from shop.sales.fulfillment.models import Carrier

GST = date(2017, 7, 1)
GST_REFORM = date(2025, 9, 22)
LAST_OLD_DAY = date(2025, 9, 21)
PRICE_LIST = "retail-inr"

# Code, name, rate until the reform of September 2025, rate since.
TAX_CLASSES = (
    ("standard", "Standard goods", "18", "18"),
    ("reduced", "Reduced rate", "12", "5"),
    ("jewellery", "Gold, silver and stones", "3", "3"),
    ("luxury", "Luxury goods", "28", "40"),
    ("exempt", "Exempt goods", "0", "0"),
)
# Code, name, description, fee, free from, days from and to.
SHIPPING = (
    ("standard", "Standard delivery", "By road to every PIN code.", "49", "999", 3, 6),
    ("express", "Express delivery", "By air to the larger cities.", "149", "", 1, 2),
)
CARRIERS = (
    ("bluedart", "Blue Dart", "https://www.bluedart.com/tracking/{number}"),
    ("indiapost", "India Post", "https://www.indiapost.gov.in/track/{number}"),
    ("delhivery", "Delhivery", "https://www.delhivery.com/track/package/{number}"),
)


@transaction.atomic
def load_terms(*, actor: Actor, now: datetime) -> None:
    """Write what a store needs before it can sell; what is there already stays."""
    for code, name, before, since in TAX_CLASSES:
        _tax_class(code, name, Decimal(before), Decimal(since))
    price_lists.save_price_list(
        code=PRICE_LIST,
        name="Retail, tax included",
        currency="INR",
        is_tax_inclusive=True,
        is_default=True,
        actor=actor,
        now=now,
    )
    for position, (code, name, text, fee, free_from, first, last) in enumerate(SHIPPING):
        ShippingMethod.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "description": text,
                "fee": Decimal(fee),
                "currency": "INR",
                "free_from": Decimal(free_from) if free_from else None,
                "min_days": first,
                "max_days": last,
                "countries": ["IN"],
                "position": position,
            },
        )
    for code, name, address in CARRIERS:
        Carrier.objects.get_or_create(code=code, defaults={"name": name, "tracking_url": address})
    for place in WAREHOUSES:
        organization.save_location(
            code=place.code,
            values={
                "name": f"{place.name} warehouse",
                "kind": "WAREHOUSE",
                "line1": place.line1,
                "city": place.city,
                "state": place.state,
                "postal_code": place.postal_code,
                "country": "IN",
                "latitude": place.latitude,
                "longitude": place.longitude,
                "priority": place.priority,
                "is_active": True,
            },
            actor=actor,
            now=now,
        )


def _tax_class(code: str, name: str, before: Decimal, since: Decimal) -> None:
    tax_class, _ = TaxClass.objects.update_or_create(code=code, defaults={"name": name})
    spans: list[tuple[date, date | None, Decimal]] = [(GST, None, since)]
    if before != since:
        spans = [
            (GST, LAST_OLD_DAY, before),
            (GST_REFORM, None, since),
        ]
    for first, last, rate in spans:
        TaxRate.objects.get_or_create(
            tax_class=tax_class,
            country="IN",
            valid_from=first,
            defaults={"valid_to": last, "rate": rate, "name": f"GST {rate.normalize():f} %"},
        )
