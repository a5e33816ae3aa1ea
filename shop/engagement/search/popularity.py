"""What sells, as a number that lists sort by."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from shop.engagement.search.models import SearchDocument
from shop.sales.orders.models import LineKind, Order, OrderLine, OrderStatus, OrderType

RECENT = timedelta(days=90)
MOST = 2_000_000_000
AT_ONCE = 500


@transaction.atomic
def count_again(*, now: datetime) -> int:
    """Carry the units sold lately onto the documents; answers how many changed."""
    sold = _units_sold(since=now - RECENT)
    changed = []
    for document in (
        SearchDocument.objects.select_for_update()
        .filter(pk__in=_with_another_figure(sold))
        .order_by("pk")
        .only("pk", "popularity")
    ):
        document.popularity = sold.get(document.pk, 0)
        changed.append(document)
    SearchDocument.objects.bulk_update(changed, ["popularity"], batch_size=AT_ONCE)
    return len(changed)


def _units_sold(*, since: datetime) -> dict[int, int]:
    sales = Order.objects.filter(
        placed_at__gte=since, order_type__in=[OrderType.NORMAL, OrderType.BULK]
    ).exclude(status=OrderStatus.CANCELLED)
    rows = (
        OrderLine.objects.filter(order__in=sales, kind=LineKind.GOODS, variant__isnull=False)
        .values("variant__product_id")
        .order_by()
        .annotate(units=Sum("quantity"))
        .values_list("variant__product_id", "units")
    )
    return {product_id: min(units, MOST) for product_id, units in rows}


def _with_another_figure(sold: dict[int, int]) -> set[int]:
    rows = SearchDocument.objects.filter(popularity__gt=0) | SearchDocument.objects.filter(
        pk__in=sold
    )
    return {
        pk
        for pk, popularity in rows.values_list("pk", "popularity")
        if popularity != sold.get(pk, 0)
    }
