"""Roles, keys and the sign-in log."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import get_random_string

from shop.core import audit
from shop.core.actors import Actor
from shop.directory.access import roles
from shop.directory.access.membership import forget_roles
from shop.directory.access.models import ApiKey, RoleOffer, SignInEvent
from shop.directory.access.selectors import TOKEN_MARK, hash_email, hash_token
from shop.directory.customers.models import User

SIGN_IN_LIMIT = "login_failed"
SIGN_IN_APP = "allauth.account"
PREFIX_LENGTH = 8
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
PREFIX_CHARACTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@transaction.atomic
def sync_roles(*, app_label: str | None = None) -> int:
    """Create missing roles and give them what a new version brings; answer how much was new.

    What staff changed stays: a permission is offered to a role once in its life.
    """
    groups = _ready_groups()
    offered = set(RoleOffer.objects.values_list("role", "permission"))
    wanted = {
        (role, name)
        for role, names in roles.ROLES.items()
        for name in names
        if (app_label is None or name.startswith(f"{app_label}."))
    } - offered
    permissions = _permissions({name for _, name in wanted})
    possible = [(role, name) for role, name in sorted(wanted) if name in permissions]
    for role in {role for role, _ in possible}:
        groups[role].permissions.add(
            *(permissions[name] for offer, name in possible if offer == role)
        )
    RoleOffer.objects.bulk_create(
        [RoleOffer(role=role, permission=name) for role, name in possible], ignore_conflicts=True
    )
    return len(possible)


def _ready_groups() -> dict[str, Group]:
    known = {group.name: group for group in Group.objects.filter(name__in=roles.ROLE_NAMES)}
    for name in roles.ROLE_NAMES:
        if name not in known:
            known[name], _ = Group.objects.get_or_create(name=name)
    return known


def _permissions(names: Iterable[str]) -> dict[str, Permission]:
    """Answer the permissions that exist by name; an app that is not there yet has none."""
    apps = {name.split(".")[0] for name in names}
    known = Permission.objects.filter(content_type__app_label__in=apps).select_related(
        "content_type"
    )
    return {f"{row.content_type.app_label}.{row.codename}": row for row in known}


@transaction.atomic
def give_role(*, user: User, role: str, actor: Actor, now: datetime) -> None:
    """Give a user a ready role; everyone but a customer becomes staff by it."""
    group, _ = Group.objects.get_or_create(name=role)
    user.groups.add(group)
    if role in roles.STAFF_ROLES and not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    forget_roles(user)
    audit.record(
        action="access.role_given",
        subject_type="user",
        subject_key=user.key,
        actor=actor,
        now=now,
        after={"role": role},
    )


@transaction.atomic
def issue_api_key(
    *,
    name: str,
    scopes: Sequence[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Make a key for a program and answer it; it cannot be read again."""
    prefix = get_random_string(PREFIX_LENGTH, PREFIX_CHARACTERS)
    token = f"{TOKEN_MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        hashed=hash_token(token),
        scopes=list(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(
        action="access.api_key_issued",
        subject_type="api_key",
        subject_key=key.key,
        actor=actor,
        now=now,
        after={"name": name, "scopes": list(scopes)},
    )
    return token


@transaction.atomic
def revoke_api_key(*, key_id: int, actor: Actor, now: datetime) -> ApiKey:
    """Stop a program's key from working at once."""
    key = ApiKey.objects.select_for_update().get(pk=key_id)
    if key.is_active:
        key.is_active = False
        key.save(update_fields=["is_active"])
        audit.record(
            action="access.api_key_revoked",
            subject_type="api_key",
            subject_key=key.key,
            actor=actor,
            now=now,
            after={"name": key.name},
        )
    return key


@transaction.atomic
def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Note that a key was used, at most once a minute."""
    if key.last_used_at is None or key.last_used_at + USE_NOTED_EVERY <= now:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


@transaction.atomic
def note_sign_in(
    *,
    user: Any,
    email: str,
    outcome: str,
    ip: str | None,
    user_agent: str,
    now: datetime,
) -> SignInEvent:
    """Keep in the log how a sign-in ended."""
    return SignInEvent.objects.create(
        user=user,
        email_hash=hash_email(email) if email else "",
        outcome=outcome,
        ip=ip,
        user_agent=user_agent[:200],
        at=now,
    )


@transaction.atomic
def unlock(*, user: User, host: str, actor: Actor, now: datetime) -> None:
    """Let somebody try again at once after too many wrong passwords."""
    for rate in ratelimit.get_rates(app=SIGN_IN_APP, action=SIGN_IN_LIMIT):
        if rate.per == "key":
            cache.delete(
                ratelimit.get_cache_key(
                    None,
                    app=SIGN_IN_APP,
                    action=SIGN_IN_LIMIT,
                    rate=rate,
                    key=f"{host}:{user.email}",
                )
            )
    note_sign_in(
        user=user,
        email=user.email,
        outcome=SignInEvent.Outcome.UNLOCKED,
        ip=None,
        user_agent="",
        now=now,
    )
    audit.record(
        action="access.unlocked", subject_type="user", subject_key=user.key, actor=actor, now=now
    )
