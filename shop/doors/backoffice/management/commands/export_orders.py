"""`manage.py export_orders`."""

from shop.doors.backoffice.management.exports import ExportCommand


class Command(ExportCommand):
    """Writes orders to a file."""

    help = "Export orders to a CSV or XLSX file in the plain format."
    object = "orders"
