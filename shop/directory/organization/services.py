"""Changes to the store itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shop.core import audit, request_memory
from shop.core.actors import Actor
from shop.directory.geography import gstin, india
from shop.directory.organization.exceptions import InvalidProfile
from shop.directory.organization.models import PROFILE_ID, Location, StoreProfile
from shop.directory.organization.selectors import STORE_MEMORY

PROFILE_FIELDS = (
    "legal_name",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "country",
    "gstin",
    "phone",
    "email",
    "division",
    "logo",
)
LOCATION_FIELDS = (
    "name",
    "kind",
    "line1",
    "city",
    "state",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "priority",
    "is_active",
    "phone",
)


def _facts(row: StoreProfile | Location, fields: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in fields}
    return {name: getattr(value, "name", value) for name, value in values.items()}


@transaction.atomic
def save_profile(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> StoreProfile:
    """Change who the store legally is; unknown fields are refused."""
    StoreProfile.objects.get_or_create(pk=PROFILE_ID)
    profile = StoreProfile.objects.select_for_update().get(pk=PROFILE_ID)
    before = _facts(profile, PROFILE_FIELDS)
    for name, value in values.items():
        if name not in PROFILE_FIELDS:
            raise InvalidProfile(name, f"{name} is not part of the profile")
        setattr(profile, name, value)
    _check(profile)
    profile.save()
    request_memory.forget(STORE_MEMORY)
    _audit("store.profile_changed", "store", str(PROFILE_ID), actor, now, before, profile)
    return profile


def _check(profile: StoreProfile) -> None:
    if profile.country == india.INDIA and profile.state not in india.BY_CODE:
        raise InvalidProfile("state", "Choose a state.")
    if not profile.gstin:
        return
    if not gstin.is_valid(profile.gstin):
        raise InvalidProfile("gstin", "This GSTIN is not right: check each character.")
    state = india.BY_CODE.get(profile.state)
    if state and gstin.state_code(profile.gstin) != state.gst_code:
        raise InvalidProfile("gstin", f"A GSTIN of {state.name} starts with {state.gst_code}.")


@transaction.atomic
def save_location(*, code: str, values: Mapping[str, Any], actor: Actor, now: datetime) -> Location:
    """Add or change a place of the store."""
    location = Location.objects.select_for_update().filter(code=code).first()
    before = _facts(location, LOCATION_FIELDS) if location else {}
    location = location or Location(code=code)
    for name, value in values.items():
        if name not in LOCATION_FIELDS:
            raise InvalidProfile(name, f"{name} is not part of a location")
        setattr(location, name, value)
    location.save()
    _audit("location.saved", "location", location.key, actor, now, before, location)
    return location


def _audit(
    action: str,
    subject_type: str,
    subject_key: str,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any],
    row: StoreProfile | Location,
) -> None:
    fields = PROFILE_FIELDS if isinstance(row, StoreProfile) else LOCATION_FIELDS
    after = _facts(row, fields)
    changed = [name for name in fields if before.get(name) != after[name]]
    if changed:
        audit.record(
            action=action,
            subject_type=subject_type,
            subject_key=subject_key,
            actor=actor,
            now=now,
            before={name: before.get(name, "") for name in changed},
            after={name: after[name] for name in changed},
        )
