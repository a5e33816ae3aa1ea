"""`manage.py verify_audit`: is the audit trail whole?"""

from typing import Any

from shop.core import audit
from shop.doors.backoffice.management.answers import FAILED, AdminCommand


class Command(AdminCommand):
    """Checks every seal of the audit trail."""

    help = "Check that no entry of the audit trail was changed, removed or added by hand."

    def handle(self, *_args: Any, **options: Any) -> None:
        problems = audit.verify()
        if options["json"]:
            self.answer({"problems": problems, "failed": len(problems)}, as_json=True)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            self.end(FAILED)
        elif not options["json"]:
            self.stdout.write("The audit trail is whole.")
