"""`manage.py load_places`: the states and PIN codes of India, from the file of the product."""

from dataclasses import asdict
from typing import Any

from shop.directory.geography import services as geography
from shop.doors.backoffice.management.answers import AdminCommand


class Command(AdminCommand):
    """Fills the directory of places; again after an update of the product refreshes it."""

    help = "Load or refresh the states and PIN codes of India; what staff chose stays."

    def handle(self, *_args: Any, **options: Any) -> None:
        self.answer(asdict(geography.load_india_files()), as_json=options["json"])
