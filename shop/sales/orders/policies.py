"""Who may see and change which orders."""

from typing import Any

from django.db.models import QuerySet

from shop.directory.access.policies import has_role
from shop.sales.orders.models import Order, OrderLine

SELLER = "Seller"
SALES_REP = "Sales rep"


def _is_staff(user: Any) -> bool:
    return bool(getattr(user, "is_active", False) and getattr(user, "is_staff", False))


def _sees_own_sales_only(user: Any) -> bool:
    """Sellers who hold no wider role see the lines sold of their own products only."""
    return not user.has_perm("orders.view_order") or (
        has_role(user, SELLER) and not user.has_perm("orders.change_order")
    )


def orders_visible_to(user: Any) -> QuerySet[Order]:
    """The orders that somebody in the back office may see."""
    if not _is_staff(user):
        return Order.objects.none()
    if user.is_superuser or not _sees_own_sales_only(user):
        return Order.objects.all()
    if has_role(user, SELLER):
        return Order.objects.filter(
            pk__in=OrderLine.objects.filter(owner_id=user.pk).values("order_id")
        )
    return Order.objects.none()


def lines_visible_to(user: Any) -> QuerySet[OrderLine]:
    """The order lines that somebody in the back office may see; sellers see what they sold."""
    if not _is_staff(user):
        return OrderLine.objects.none()
    if user.is_superuser or not _sees_own_sales_only(user):
        return OrderLine.objects.all()
    if has_role(user, SELLER):
        return OrderLine.objects.filter(owner_id=user.pk)
    return OrderLine.objects.none()


def can_see_order(*, user: Any, order: Order) -> bool:
    """Whether somebody may see an order: the buyer, or staff by their role."""
    if getattr(user, "is_authenticated", False) and order.customer.user_id == user.pk:
        return True
    return orders_visible_to(user).filter(pk=order.pk).exists()
