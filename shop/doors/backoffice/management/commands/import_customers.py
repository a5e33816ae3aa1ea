"""`manage.py import_customers`."""

from shop.doors.backoffice.management.imports import ImportCommand


class Command(ImportCommand):
    """Brings customers in from a file."""

    help = "Import customers from a CSV or XLSX file; running it again changes nothing."
    object = "customers"
