"""Who may: asked at the doors."""

from typing import Any

from django.conf import settings

from shop.core import options
from shop.directory.access import roles
from shop.directory.access.membership import roles_of
from shop.directory.access.models import ApiKey

MASK = "••••"
OPTIONAL = "optional"
DEMO_STORES = frozenset({"full", "small"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
EVERY_SCOPE = "admin"


def has_role(user: Any, name: str) -> bool:
    """Whether the user was given this role."""
    return name in roles_of(user)


def is_manager(user: Any) -> bool:
    """Whether the user decides for the store."""
    if not (getattr(user, "is_active", False) and getattr(user, "is_staff", False)):
        return False
    return user.is_superuser or bool(roles_of(user) & {roles.ADMIN, roles.MANAGER})


def is_seller_only(user: Any) -> bool:
    """Whether the user is a seller and nothing more: then only own rows are shown."""
    return not user.is_superuser and roles_of(user) & roles.STAFF_ROLES == {roles.SELLER}


def may_see_field(user: Any, field: str) -> bool:
    """Whether the user may see a field such as `payments.payment.reference`."""
    permission = roles.PROTECTED_FIELDS.get(field)
    return permission is None or bool(user.is_staff and user.has_perm(permission))


def shown(user: Any, field: str, value: Any) -> Any:
    """Answer the value, or a mask where the user may not see it."""
    return value if not value or may_see_field(user, field) else MASK


def key_allows(key: ApiKey, scope: str) -> bool:
    """Whether a program's key opens this part of the API."""
    return EVERY_SCOPE in key.scopes or scope in key.scopes


def is_demo_store() -> bool:
    """Whether this is the demo store that `make run` starts, out of reach for everyone else."""
    hosts = set(settings.ALLOWED_HOSTS)
    return settings.DEMO in DEMO_STORES and bool(hosts) and hosts <= LOOPBACK


def is_second_factor_required() -> bool:
    """Whether staff need a second factor; only the demo store may do without."""
    return not (is_demo_store() and options.value("security.staff_mfa") == OPTIONAL)
