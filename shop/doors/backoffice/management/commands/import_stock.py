"""`manage.py import_stock`."""

from shop.doors.backoffice.management.imports import ImportCommand


class Command(ImportCommand):
    """Brings stock in from a file."""

    help = "Import stock from a CSV or XLSX file; running it again changes nothing."
    object = "stock"
