"""`manage.py import_orders`."""

from shop.doors.backoffice.management.imports import ImportCommand


class Command(ImportCommand):
    """Brings orders in from a file."""

    help = "Import past orders: history dates are kept, no mail is sent, stock is not touched."
    object = "orders"
