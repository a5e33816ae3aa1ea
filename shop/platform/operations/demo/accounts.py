"""Who can sign in to the demo store; passwords and keys are random for each install."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from shop.core.actors import Actor
from shop.directory.access import selectors as access_selectors
from shop.directory.access import services as access
from shop.directory.access.models import ApiKey
from shop.directory.customers import services as customers
from shop.directory.customers.models import Customer, User

ADMIN_ONLY = ("admin",)


@dataclass(frozen=True)
class Account:
    """A sign-in of the demo store."""

    name: str
    full_name: str
    role: str
    is_superuser: bool = False
    phone: str = ""
    company_name: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.replace('_', '.')}@example.com"


ACCOUNTS = (
    Account("admin", "Asha Administrator", "Admin", is_superuser=True),
    Account("manager", "Mahesh Manager", "Manager"),
    Account("seller", "Sunita Seller", "Seller"),
    Account("sales_rep", "Rahul Representative", "Sales rep"),
    Account("service_agent", "Sara Service", "Service agent"),
    Account("warehouse", "Wasim Warehouse", "Warehouse"),
    Account("auditor", "Aarti Auditor", "Auditor"),
    Account("buyer", "Bina Buyer", "Customer", phone="+91 9845012345", company_name="Bina Stores"),
    Account("customer", "Charu Customer", "Customer", phone="+91 9848022338"),
)
REPS = ("Neeraj North", "Sudha South", "Wilson West")
API_KEYS: Mapping[str, tuple[str, ...]] = {"admin": ("admin",), "storefront": ("storefront",)}


def rep_email(full_name: str) -> str:
    """The address of one of the sales reps who only own customers."""
    return f"{full_name.lower().replace(' ', '.')}@example.com"


@transaction.atomic
def load_accounts(*, names: tuple[str, ...] | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """Make the sign-ins; a password that was handed out before stays as it is."""
    known = read_facts()
    accounts: dict[str, dict[str, str]] = dict(known.get("accounts", {}))
    for account in ACCOUNTS:
        if names is not None and account.name not in names:
            continue
        password = accounts.get(account.name, {}).get("password") or secrets.token_urlsafe(12)
        _ensure(account, password, actor, now)
        accounts[account.name] = {"email": account.email, "password": password}
    keys = {
        name: _standing(known.get("api_keys", {}).get(name, ""), now)
        or _issue(name, scopes, actor, now)
        for name, scopes in API_KEYS.items()
    }
    return {**known, "accounts": accounts, "api_keys": keys}


@transaction.atomic
def load_reps(*, actor: Actor, now: datetime) -> list[int]:
    """Make the sales reps who own customers, the one with a sign-in among them."""
    reps = [User.objects.get(email="sales.rep@example.com")]
    for full_name in REPS:
        user, is_new = User.objects.get_or_create(
            email=rep_email(full_name), defaults={"full_name": full_name, "date_joined": now}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            access.give_role(user=user, role="Sales rep", actor=actor, now=now)
        reps.append(user)
    return [user.pk for user in reps]


def _ensure(account: Account, password: str, actor: Actor, now: datetime) -> None:
    user = User.objects.filter(email=account.email).first()
    is_new = user is None
    if user is None:
        user = User(email=account.email, full_name=account.full_name, date_joined=now)
    if is_new or not user.check_password(password):
        user.set_password(password)
    user.phone = account.phone
    user.is_superuser = account.is_superuser
    user.save()
    EmailAddress.objects.get_or_create(
        user=user, email=account.email, defaults={"verified": True, "primary": True}
    )
    if not user.groups.filter(name=account.role).exists():
        access.give_role(user=user, role=account.role, actor=actor, now=now)
    if account.role == "Customer" and not Customer.objects.filter(user=user).exists():
        _register(user, account, actor, now)


def _register(user: User, account: Account, actor: Actor, now: datetime) -> None:
    customer = customers.register_customer(
        user=user,
        full_name=account.full_name,
        phone=account.phone,
        marketing_consent=False,
        signup_source="website",
        actor=actor,
        now=now,
    )
    if account.company_name:
        customer.company_name = account.company_name
        customer.save(update_fields=["company_name", "updated_at"])


def _standing(token: str, now: datetime) -> str:
    """A key that was handed out before, if this database knows it."""
    return token if token and access_selectors.find_api_key(token, now=now) else ""


def _issue(name: str, scopes: tuple[str, ...], actor: Actor, now: datetime) -> str:
    label = f"Demo {name}"
    # Its words are lost with the file that held them: it must not stay open unseen.
    for old in ApiKey.objects.filter(name=label, is_active=True):
        access.revoke_api_key(key_id=old.pk, actor=actor, now=now)
    return access.issue_api_key(name=label, scopes=list(scopes), actor=actor, now=now)


def facts_path() -> Path:
    """Where the sign-ins of this install are written down."""
    return Path(settings.VAR_DIR) / "demo.json"


def read_facts() -> dict[str, Any]:
    """What was written down before."""
    try:
        facts: dict[str, Any] = json.loads(facts_path().read_text())
    except (OSError, ValueError):
        return {}
    return facts


def write_facts(facts: Mapping[str, Any]) -> None:
    """Write the sign-ins whole or not at all, readable by their owner only."""
    path = facts_path()
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        json.dump(facts, stream, indent=2)
        stream.write("\n")
    fresh.replace(path)
