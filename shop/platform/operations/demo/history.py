"""Thirteen months of orders, drawn by the calendar: busier every month, busiest before Diwali."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from shop.core.actors import Actor
from shop.core.dates import store_zone
from shop.directory.customers.models import Customer
from shop.directory.geography import selectors as geography
from shop.directory.organization import selectors as organization
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.data import VariantFacts
from shop.goods.catalog.models import Variant
from shop.platform.operations.demo.aftermath import open_routes, record_aftermath
from shop.platform.operations.demo.people import Person
from shop.platform.operations.demo.sizes import MONTHS, SOURCE, Size
from shop.platform.operations.demo.stories import tell_story
from shop.platform.operations.demo.terms import PRICE_LIST, SHIPPING, TAX_CLASSES
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.price_lists.data import ListPrice
from shop.pricing.promotions import selectors as promotions
from shop.pricing.tax import gst
from shop.pricing.totals import calculator
from shop.pricing.totals.calculator import Terms
from shop.pricing.totals.dataclasses import LineTotal, PricedLine, PricedShipping, Totals
from shop.sales.orders import services as orders
from shop.sales.orders.dataclasses import PastLine, PastOrder

BATCH = 500
DAYS = MONTHS * 30
# The last days belong to the live orders.
QUIET_DAYS = 10
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# How much busier than usual a month is.
_SEASON = {8: 1.1, 9: 1.2, 10: 1.7, 11: 1.5, 12: 1.2, 1: 0.9, 5: 0.85, 6: 0.85}
_CHANNELS = ("WEB",) * 16 + ("PHONE",) * 2 + ("REP",) * 2 + ("STORE",)
_REP_CHANNELS = frozenset({"REP", "PHONE"})
_METHODS = ("card",) * 7 + ("cod",) * 3
_CANCELLED = 0.05
_FAILED = 0.03
# Of the delivered ones with several things: one of them arrived broken and was paid back.
_DAMAGED = 0.06
_EXPRESS = 0.18
_REASONS = ("CHANGED_MIND", "ORDERED_BY_MISTAKE", "FOUND_CHEAPER", "DELIVERY_TOO_SLOW")


@dataclass(frozen=True)
class Market:
    """Everything a drawn order looks up: goods with prices and rates, people, reps."""

    variants: Sequence[VariantFacts]
    weights: Sequence[int]
    prices: Mapping[int, ListPrice]
    keys: Mapping[int, str]
    rates: Mapping[str, Decimal]
    people: Sequence[Person]
    keenness: Sequence[float]
    customer_ids: Mapping[str, int]
    rep_ids: Sequence[int]
    regions: Mapping[str, str]
    seller_state: str


def open_market(
    people: Sequence[Person],
    customer_ids: Mapping[str, int],
    rep_ids: Sequence[int],
    random: Random,
    *,
    now: datetime,
) -> Market:
    """Read goods and prices once, and draw how popular each thing is."""
    rows = list(Variant.objects.order_by("sku").values_list("pk", "key"))
    ids = [pk for pk, _ in rows]
    facts = catalog.variant_facts(set(ids))
    prices = price_lists.prices_for(variant_ids=ids, currency="INR", now=now)
    variants = [facts[pk] for pk in ids if pk in facts and pk in prices]
    return Market(
        variants=variants,
        weights=[_popularity(prices[one.variant_id].amount, random) for one in variants],
        prices=prices,
        keys=dict(rows),
        rates={code: Decimal(since) for code, _, _, since in TAX_CLASSES},
        people=people,
        keenness=[person.keenness for person in people],
        customer_ids=customer_ids,
        rep_ids=rep_ids,
        regions={
            state: geography.region_of("IN", state)
            for state in sorted({person.address.state for person in people})
        },
        seller_state=organization.store().state,
    )


def _popularity(amount: Decimal, random: Random) -> int:
    """Cheap things sell more often, and luck makes the best-sellers."""
    return max(1, int(random.paretovariate(1.1) * 4000 / (float(amount) + 800)))


def record_history(
    size: Size, market: Market, random: Random, *, today: date, actor: Actor, now: datetime
) -> int:
    """Write the past orders in batches; those that are there already stay."""
    routes = open_routes()
    moments = _moments(size.orders - size.live, random, today)
    created = 0
    for start in range(0, len(moments), BATCH):
        drawn = [
            _order(start + number, moment, market, random)
            for number, moment in enumerate(moments[start : start + BATCH], start=1)
        ]
        with transaction.atomic():
            result = orders.record_past_orders(orders=drawn, actor=actor, now=now, sync=True)
            record_aftermath(result.order_ids, routes, actor=actor, now=now)
            tell_story(result.order_ids, actor=actor)
        created += result.created
    if created:
        bought = Customer.objects.filter(pk__in=market.customer_ids.values())
        orders.refresh_customer_figures(customer_ids=list(bought.values_list("pk", flat=True)))
    return created


def _moments(count: int, random: Random, today: date) -> list[datetime]:
    days = [today - timedelta(days=back) for back in range(DAYS, QUIET_DAYS, -1)]
    weights = [_busyness(day, place / len(days)) for place, day in enumerate(days)]
    chosen = sorted(random.choices(days, weights, k=count))
    return sorted(datetime.combine(day, _time(random), store_zone()) for day in chosen)


def _busyness(day: date, progress: float) -> float:
    growth = 1 + progress
    weekend = 1.3 if day.weekday() >= 5 else 1.0
    return growth * weekend * _SEASON.get(day.month, 1.0)


def _time(random: Random) -> time:
    """Nobody orders at night, everybody after dinner."""
    hour = min(23, max(7, round(random.gauss(17, 4))))
    return time(hour, random.randrange(60), random.randrange(60))


def _order(number: int, placed_at: datetime, market: Market, random: Random) -> PastOrder:
    person = random.choices(market.people, market.keenness)[0]
    channel = random.choice(_CHANNELS)
    totals = _totals(_lines(market, random), person, market, random)
    region = market.regions[person.address.state]
    rep = market.rep_ids[sum(map(ord, region)) % len(market.rep_ids)]
    method = random.choice(_METHODS)
    shipping = totals.shipping
    suffix = "".join(random.choices(_CROCKFORD, k=6))
    drawn = PastOrder(
        number=f"{placed_at:%y%m%d}-{suffix}",
        source=SOURCE,
        source_number=f"D-{number:05d}",
        customer_id=market.customer_ids[person.email],
        placed_at=placed_at,
        currency="INR",
        lines=[_past_line(line) for line in totals.lines],
        channel=channel,
        payment_method=method,
        email=person.email,
        phone=person.phone,
        full_name=person.full_name,
        price_list_code=PRICE_LIST,
        shipping_total=shipping.total if shipping else Decimal(0),
        shipping_tax=shipping.tax if shipping else Decimal(0),
        shipping_code=shipping.code if shipping else "",
        shipping_name=shipping.name if shipping else "",
        shipping_city=person.address.city,
        shipping_state=person.address.state,
        shipping_country="IN",
        region=region,
        billing=person.address,
        shipping=person.address,
        discounts=[_discount(totals)] if totals.discounts else (),
        placed_by_id=rep if channel in _REP_CHANNELS else None,
        sales_rep_id=rep,
    )
    return _ended(drawn, random)


def _ended(order: PastOrder, random: Random) -> PastOrder:
    """How an order of the past ended: delivered, cancelled, or never paid."""
    luck = random.random()
    placed_at = order.placed_at
    is_card = order.payment_method == "card"
    if luck < _FAILED:
        return replace(
            order,
            status="CANCELLED",
            payment_status="FAILED",
            payment_method="card",
            fulfillment_status="UNFULFILLED",
            cancelled_at=placed_at + timedelta(hours=2),
            cancel_reason="NOT_PAID",
        )
    if luck < _FAILED + _CANCELLED:
        return replace(
            order,
            status="CANCELLED",
            payment_status="REFUNDED" if is_card else "CANCELLED",
            refunded_total=_grand_total(order) if is_card else Decimal(0),
            fulfillment_status="UNFULFILLED",
            activated_at=placed_at + timedelta(minutes=3),
            cancelled_at=placed_at + timedelta(hours=random.randrange(1, 20)),
            cancel_reason=random.choice(_REASONS),
        )
    damaged = order.lines[-1].total if luck > 1 - _DAMAGED and len(order.lines) > 1 else Decimal(0)
    return replace(
        order,
        payment_status="PART_REFUNDED" if damaged else "PAID",
        paid_total=_grand_total(order),
        refunded_total=damaged,
        activated_at=placed_at + timedelta(minutes=3),
        completed_at=placed_at + timedelta(days=random.randrange(2, 7), hours=3),
    )


def _grand_total(order: PastOrder) -> Decimal:
    return sum((line.total for line in order.lines), order.shipping_total)


def _lines(market: Market, random: Random) -> list[PricedLine]:
    count = random.choices((1, 2, 3, 4), (52, 28, 14, 6))[0]
    chosen = {
        one.variant_id: one for one in random.choices(market.variants, market.weights, k=count)
    }
    return [_priced(one, market, random) for one in chosen.values()]


def _priced(one: VariantFacts, market: Market, random: Random) -> PricedLine:
    price = market.prices[one.variant_id].amount
    quantity = random.choices((1, 2, 3), (84, 12, 4))[0]
    return PricedLine(
        key=one.sku,
        variant_id=one.variant_id,
        sku=one.sku,
        title=one.product_name,
        variant_title=one.title,
        product_key=one.product_key,
        owner_id=one.owner_id,
        quantity=quantity,
        list_unit_price=price,
        unit_price=price,
        tax_rate=market.rates.get(one.tax_class, Decimal(0)),
        hsn_code=one.hsn_code,
        variant_key=market.keys[one.variant_id],
    )


def _totals(lines: list[PricedLine], person: Person, market: Market, random: Random) -> Totals:
    """The same calculation as at the till, with the terms of the demo store."""
    subtotal = calculator.goods_subtotal(lines=lines, currency="INR")
    offer = promotions.volume_discount(subtotal=subtotal, currency="INR")
    offers = [offer] if offer else []
    goods = subtotal - sum((one.amount for one in offers), Decimal(0))
    code, name, _, fee, free_from, _, _ = SHIPPING[random.random() < _EXPRESS]
    is_free = bool(free_from) and goods >= Decimal(free_from)
    return calculator.calculate(
        lines=lines,
        shipping=PricedShipping(
            code=code,
            name=name,
            fee=Decimal(0) if is_free else Decimal(fee),
            tax_rate=market.rates["standard"],
            delivery_from=None,
            delivery_to=None,
        ),
        offers=offers,
        terms=Terms(
            currency="INR",
            price_list_code=PRICE_LIST,
            is_tax_inclusive=True,
            is_interstate=gst.is_interstate(
                seller_state=market.seller_state, place_of_supply=person.address.state
            ),
        ),
    )


def _past_line(line: LineTotal) -> PastLine:
    return PastLine(
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total=line.total,
        sku=line.sku,
        variant_id=line.variant_id,
        product_key=line.product_key,
        variant_key=line.variant_key,
        variant_title=line.variant_title,
        owner_id=line.owner_id,
        tax=line.tax,
        tax_rate=line.tax_rate,
        cgst=line.cgst,
        sgst=line.sgst,
        igst=line.igst,
        discount=line.discount,
        hsn_code=line.hsn_code,
    )


def _discount(totals: Totals) -> dict[str, str]:
    share = totals.discounts[0]
    return {
        "code": share.code,
        "label": share.label,
        "base": str(share.base),
        "amount": str(share.amount),
    }
