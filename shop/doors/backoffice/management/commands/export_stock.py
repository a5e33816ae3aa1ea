"""`manage.py export_stock`."""

from shop.doors.backoffice.management.exports import ExportCommand


class Command(ExportCommand):
    """Writes stock to a file."""

    help = "Export stock to a CSV or XLSX file in the plain format."
    object = "stock"
