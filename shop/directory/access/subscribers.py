"""Hears of sign-ins and of new tables."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth import user_logged_in, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_migrate
from django.utils import timezone

from shop.directory.access import roles, services
from shop.directory.access.models import SignInEvent

_APPS_WITH_ROLES = frozenset(model.split(".")[0] for model in roles.MODELS)


def connect() -> None:
    """Listen to Django's own sign-in signals and to migrations."""
    user_logged_in.connect(_signed_in, dispatch_uid="access.signed_in")
    user_login_failed.connect(_refused, dispatch_uid="access.refused")
    post_migrate.connect(_new_tables, dispatch_uid="access.new_tables")


def _visitor(request: Any) -> dict[str, Any]:
    """Answer address and browser; a sign-in from a shell has neither."""
    if request is None or "REMOTE_ADDR" not in request.META:
        return {"ip": None, "user_agent": ""}
    try:
        ip = get_adapter().get_client_ip(request)
    except PermissionDenied:  # behind no socket, as in a test or a task: there is no address
        ip = None
    return {
        "ip": ip,
        "user_agent": request.headers.get("User-Agent", ""),
    }


def _signed_in(request: Any = None, user: Any = None, **_: Any) -> None:
    services.note_sign_in(
        user=user,
        email=user.email,
        outcome=SignInEvent.Outcome.SUCCESS,
        now=timezone.now(),
        **_visitor(request),
    )


def _refused(credentials: dict[str, Any], request: Any = None, **_: Any) -> None:
    services.note_sign_in(
        user=None,
        email=str(credentials.get("email") or credentials.get("username") or ""),
        outcome=SignInEvent.Outcome.FAILURE,
        now=timezone.now(),
        **_visitor(request),
    )


def _new_tables(app_config: Any, apps: Any = None, **_: Any) -> None:
    """Roles learn of a package's permissions as soon as its tables and ours exist."""
    # A flushed database, which knows no history of tables, has them all.
    is_ours_migrated = apps is None or bool(apps.all_models.get("access"))
    if is_ours_migrated and app_config.label in _APPS_WITH_ROLES:
        services.sync_roles(app_label=app_config.label)
