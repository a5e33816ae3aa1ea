"""Who may see which orders."""

from typing import Any

from django.db.models import QuerySet

from shop.directory.access.policies import is_seller_only
from shop.sales.orders.models import Order, OrderLine

VIEW = "orders.view_order"


def _is_staff(user: Any) -> bool:
    return bool(getattr(user, "is_active", False) and getattr(user, "is_staff", False))


def orders_visible_to(user: Any) -> QuerySet[Order]:
    """The orders that somebody in the back office may see; sellers see those they sold in."""
    if not _is_staff(user):
        return Order.objects.none()
    if is_seller_only(user):
        sold = OrderLine.objects.filter(owner_id=user.pk)
        return Order.objects.filter(pk__in=sold.values("order_id"))
    return Order.objects.all() if user.has_perm(VIEW) else Order.objects.none()


def lines_visible_to(user: Any) -> QuerySet[OrderLine]:
    """The order lines that somebody in the back office may see; sellers see what they sold."""
    if not _is_staff(user):
        return OrderLine.objects.none()
    if is_seller_only(user):
        return OrderLine.objects.filter(owner_id=user.pk)
    return OrderLine.objects.all() if user.has_perm(VIEW) else OrderLine.objects.none()


def can_see_order(*, user: Any, order: Order) -> bool:
    """Whether somebody may see an order: the buyer, or staff by their role."""
    if getattr(user, "is_authenticated", False) and order.customer.user_id == user.pk:
        return True
    return orders_visible_to(user).filter(pk=order.pk).exists()
