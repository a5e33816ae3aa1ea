"""Which orders the figures count, and what kind of line a line is."""

from django.db.models import Q

# An order counts from its activation on; a draft may never be paid, a cancelled one was not sold.
COUNTED = ("ACTIVATED", "COMPLETED")

SALE, RETURN, OTHER = KINDS = ("sale", "return", "other")
# A sale has a price and is no return; a negative adjustment corrects, a positive one sells.
IS_SALE = Q(unit_price__gt=0) & (
    Q(order__order_type__in=["NORMAL", "BULK"]) | Q(order__order_type="ADJUSTMENT", total__gt=0)
)
