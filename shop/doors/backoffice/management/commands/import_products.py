"""`manage.py import_products`."""

from shop.doors.backoffice.management.imports import ImportCommand


class Command(ImportCommand):
    """Brings products in from a file."""

    help = "Import products from a CSV or XLSX file; running it again changes nothing."
    object = "products"
