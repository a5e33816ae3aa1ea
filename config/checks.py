"""The guards as Django's deployment checks, for `check --deploy` and `check_production`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from config import guards


@register(Tags.security, deploy=True)
def production_guards(
    app_configs: Sequence[AppConfig] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Answer what is unsafe, as errors."""
    return [
        Error(problem.message, hint=problem.hint, id=f"store.{problem.code}")
        for problem in guards.problems()
    ]
