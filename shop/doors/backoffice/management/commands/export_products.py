"""`manage.py export_products`."""

from shop.doors.backoffice.management.exports import ExportCommand


class Command(ExportCommand):
    """Writes products to a file."""

    help = "Export products to a CSV or XLSX file in the plain format."
    object = "products"
