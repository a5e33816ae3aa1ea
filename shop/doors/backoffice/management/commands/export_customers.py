"""`manage.py export_customers`."""

from shop.doors.backoffice.management.exports import ExportCommand


class Command(ExportCommand):
    """Writes customers to a file."""

    help = "Export customers to a CSV or XLSX file in the plain format."
    object = "customers"
