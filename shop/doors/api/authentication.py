"""Which program is asking: a key goes as `Authorization: Bearer <key>`."""

from collections.abc import Sequence

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from shop.core.actors import Actor
from shop.directory.access import services as access
from shop.directory.access.models import ApiKey
from shop.directory.access.policies import key_allows
from shop.directory.access.selectors import actor_for_key, find_api_key

SCHEME = "Bearer"
LONGEST_TOKEN = 200
STOREFRONT = "storefront"
ADMIN = "admin"


class Program:
    """Stands where Django keeps a user: somebody with a key, and nothing else."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.api_key = key

    def __str__(self) -> str:
        return self.api_key.name


class BearerKey(BaseAuthentication):
    """Finds the program by its key; a wrong key is refused, a missing one is left to the view."""

    def authenticate(self, request: Request) -> tuple[Program, ApiKey] | None:
        """Answer who asks."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        key = find_api_key(token.strip(), now=now) if len(token) <= LONGEST_TOKEN else None
        if key is None:
            raise AuthenticationFailed("This key is not known, not in use any more, or expired.")
        access.note_key_use(key=key, now=now)
        return Program(key), key

    def authenticate_header(self, request: Request) -> str:
        """How to ask properly."""
        return SCHEME


class HasScope(BasePermission):
    """The key opens the parts of the API that its scopes name."""

    message = "This key does not open this part of the API."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the view's scope for this method is among the key's."""
        if not isinstance(request.auth, ApiKey):
            return False
        scopes: Sequence[str] = getattr(view, "scopes", {}).get(request.method, (ADMIN,))
        return any(key_allows(request.auth, scope) for scope in scopes)


def actor_of(request: Request) -> Actor:
    """Answer the actor that the asking program is."""
    return actor_for_key(key_of(request))


def key_of(request: Request) -> ApiKey:
    """Answer the key that was shown; the permission has made sure that there is one."""
    if not isinstance(request.auth, ApiKey):
        raise AuthenticationFailed("A key is needed.")
    return request.auth
