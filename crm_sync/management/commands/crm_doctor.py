"""`manage.py crm_doctor`."""

from typing import Any

from crm_sync import connections, doctor
from crm_sync.checks import Check
from crm_sync.client.org import Org
from crm_sync.engine.facts import forget_facts
from shop.doors.backoffice.management.answers import FAILED, WRONG_USE, AdminCommand


class Command(AdminCommand):
    """Examines the org."""

    help = "Check that the Salesforce org has what the shop needs; every finding names the fix."

    def handle(self, *args: Any, **options: Any) -> None:
        row = connections.connection()
        setup = connections.setup_of(row)
        if not setup.is_complete:
            raise self.fail(f"Not connected: {', '.join(setup.missing)} missing.", code=WRONG_USE)
        org = Org(setup.credentials)
        try:
            checks = doctor.examine(org, connections.filled_organization(row))
        finally:
            org.close()
        forget_facts(row)
        failed = [check for check in checks if not check.is_ok]
        if options["json"]:
            self.answer(_facts(checks, len(failed)), as_json=True)
        else:
            self._tell(checks, failed)
        self.end(FAILED if failed else 0)

    def _tell(self, checks: list[Check], failed: list[Check]) -> None:
        for check in failed:
            self.stdout.write(f"✗ {check.name}: {check.detail}\n  → {check.fix}")
        self.stdout.write(f"{len(checks) - len(failed)} of {len(checks)} checks passed.")


def _facts(checks: list[Check], failed: int) -> dict[str, Any]:
    return {
        "checks": [
            {"name": check.name, "ok": check.is_ok, "detail": check.detail, "fix": check.fix}
            for check in checks
        ],
        "failed": failed,
    }
