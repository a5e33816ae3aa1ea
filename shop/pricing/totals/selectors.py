"""What an order costs today: everything looked up in bulk, then handed to the calculator."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from shop.core.dates import store_date
from shop.directory.geography.addresses import PostalAddress
from shop.directory.organization import selectors as organization
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.data import VariantFacts
from shop.goods.shipping import selectors as shipping
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.price_lists.data import ListPrice
from shop.pricing.promotions import selectors as promotions
from shop.pricing.promotions.volume import Offer
from shop.pricing.tax import gst
from shop.pricing.tax import selectors as tax
from shop.pricing.totals import calculator
from shop.pricing.totals.calculator import Terms
from shop.pricing.totals.dataclasses import PricedLine, PricedShipping, Totals, WantedLine
from shop.pricing.totals.exceptions import ShippingNotOffered, UnsellableLines

ZERO = Decimal(0)


def quote(
    *,
    lines: Sequence[WantedLine],
    destination: PostalAddress | None,
    shipping_code: str | None,
    currency: str = "INR",
    now: datetime,
    facts: dict[int, VariantFacts] | None = None,
    prices: dict[int, ListPrice] | None = None,
) -> Totals:
    """The total of wanted lines to a destination, the same for cart, checkout, admin and API.

    The number of queries does not depend on the number of lines. Facts and prices that a caller
    has just read for the same lines may be handed in.
    """
    variant_ids = {line.variant_id for line in lines}
    if facts is None:
        facts = catalog.variant_facts(variant_ids, with_pictures=False)
    if prices is None:
        prices = price_lists.prices_for(variant_ids=variant_ids, currency=currency, now=now)
    _refuse_unsellable(lines, facts, prices)
    store = organization.store()
    country = destination.country if destination else store.country
    rates = tax.rates_on(
        tax_class_codes={facts[pk].tax_class for pk in variant_ids} | {shipping.tax_class()},
        country=country,
        on=store_date(now),
    )
    priced = [_priced(line, facts[line.variant_id], prices, rates) for line in lines]
    subtotal = calculator.goods_subtotal(lines=priced, currency=currency)
    offers = _offers(subtotal, currency)
    goods_total = subtotal - sum((offer.amount for offer in offers), ZERO)
    terms = Terms(
        currency=currency,
        price_list_code=next((prices[pk].price_list_code for pk in variant_ids), ""),
        is_tax_inclusive=next((prices[pk].is_tax_inclusive for pk in variant_ids), True),
        is_interstate=gst.is_interstate(
            seller_state=store.state,
            place_of_supply=destination.state if destination else "",
            country=country,
        ),
    )
    return calculator.calculate(
        lines=priced,
        shipping=_shipping(shipping_code, country, goods_total, terms.currency, rates, now),
        offers=offers,
        terms=terms,
    )


def _refuse_unsellable(
    lines: Sequence[WantedLine], facts: dict[int, VariantFacts], prices: dict[int, ListPrice]
) -> None:
    unsellable = sorted(
        {
            line.variant_id
            for line in lines
            if line.variant_id not in facts
            or not facts[line.variant_id].is_sellable
            or line.variant_id not in prices
        }
    )
    if unsellable:
        raise UnsellableLines(unsellable)


def _priced(
    line: WantedLine,
    facts: VariantFacts,
    prices: dict[int, ListPrice],
    rates: dict[str, Decimal],
) -> PricedLine:
    price = prices[line.variant_id]
    return PricedLine(
        key=line.key,
        variant_id=line.variant_id,
        variant_key=facts.key,
        sku=facts.sku,
        title=facts.product_name,
        variant_title=facts.title,
        product_key=facts.product_key,
        owner_id=facts.owner_id,
        quantity=line.quantity,
        list_unit_price=price.amount,
        unit_price=price.amount,
        tax_rate=rates.get(facts.tax_class, ZERO),
        hsn_code=facts.hsn_code,
    )


def _offers(subtotal: Decimal, currency: str) -> list[Offer]:
    volume = promotions.volume_discount(subtotal=subtotal, currency=currency)
    return [volume] if volume else []


def _shipping(
    code: str | None,
    country: str,
    goods_total: Decimal,
    currency: str,
    rates: dict[str, Decimal],
    now: datetime,
) -> PricedShipping | None:
    if not code:
        return None
    offered = shipping.offers(country=country, goods_total=goods_total, currency=currency, now=now)
    for offer in offered:
        if offer.code == code:
            return PricedShipping(
                code=offer.code,
                name=offer.name,
                fee=offer.fee,
                tax_rate=rates.get(shipping.tax_class(), ZERO),
                delivery_from=offer.delivery_from,
                delivery_to=offer.delivery_to,
            )
    raise ShippingNotOffered(code)
