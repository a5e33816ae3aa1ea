"""Business settings about access."""

from django.conf import settings

from shop.core.options import CHOICE, INT, Option, register

DEMO_STORES = frozenset({"full", "small"})


def _second_factor_problem(value: str) -> str:
    if value == "optional" and settings.DEMO not in DEMO_STORES:
        return "optional is possible in the demo store only"
    return ""


register(
    Option(
        "security.staff_mfa",
        CHOICE,
        "required",
        choices=("required", "optional"),
        check=_second_factor_problem,
        help="Whether staff must sign in with a second factor.",
    ),
    Option(
        "audit.days_on_screen",
        INT,
        180,
        minimum=1,
        maximum=3650,
        help="How many days of the audit trail the back office lists.",
    ),
)
