"""Loading the demo store step by step; each step finds out itself what is left to do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from django.conf import settings

from shop.core import options
from shop.core.actors import SYSTEM, Actor
from shop.core.dates import store_date
from shop.directory.customers.models import Customer
from shop.directory.geography import services as geography
from shop.engagement.search import services as search
from shop.platform.operations.demo import accounts, goods, terms
from shop.platform.operations.demo.history import open_market, record_history
from shop.platform.operations.demo.live import place_live_orders
from shop.platform.operations.demo.people import draw_people, load_people
from shop.platform.operations.demo.sizes import SEED, Size
from shop.platform.operations.demo.visits import load_visits

ACTOR = Actor(kind=SYSTEM, label="Demo store", channel="demo")
DEMO_STORES = frozenset({"full", "small"})


@dataclass
class Loading:
    """One run: which size, which day, and who reads the catalogue file."""

    size: Size
    now: datetime
    # Files are read by another package on this floor, so whoever calls both brings it along.
    import_catalogue: Callable[[], int]
    say: Callable[[str], None] = lambda _line: None
    seed: int = SEED
    done: dict[str, Any] = field(default_factory=dict)


def load(loading: Loading) -> dict[str, Any]:
    """Load the demo store; doing it again adds what is missing and changes nothing else."""
    with options.snapshot():
        _places(loading)
        _accounts(loading)
        if loading.size.has_goods:
            _goods(loading)
            _people_and_orders(loading)
    return loading.done


def _stream(loading: Loading, name: str) -> Random:
    """Chance of its own for each part, so that parts do not disturb each other."""
    return Random(f"{loading.seed} {name}")  # noqa: S311 - a demo must be repeatable


def _places(loading: Loading) -> None:
    loading.say("places of India")
    loading.done["postal_codes"] = geography.load_india_files().postal_codes


def _accounts(loading: Loading) -> None:
    loading.say("sign-ins")
    names = None if loading.size.has_goods else accounts.ADMIN_ONLY
    facts = accounts.load_accounts(names=names, actor=ACTOR, now=loading.now)
    accounts.write_facts({"web": settings.SITE_URL, **facts})
    loading.done["accounts"] = len(facts["accounts"])
    if settings.DEMO in DEMO_STORES:
        options.set_value("security.staff_mfa", "optional", ACTOR, loading.now)


def _goods(loading: Loading) -> None:
    loading.say("goods")
    now = loading.now
    rows = goods.catalogue_rows()
    terms.load_terms(actor=ACTOR, now=now)
    goods.declare_filters(rows, actor=ACTOR, now=now)
    loading.done["products"] = loading.import_catalogue()
    loading.done["stock_levels"] = goods.fill_shelves(
        _stream(loading, "stock"), actor=ACTOR, now=now
    )
    goods.give_to_seller(email="seller@example.com")
    loading.say("pictures")
    loading.done["pictures"] = goods.attach_pictures(rows, actor=ACTOR, now=now)
    loading.done["search_documents"] = search.rebuild(now=now)


def _people_and_orders(loading: Loading) -> None:
    loading.say("customers and orders")
    size, now = loading.size, loading.now
    people = draw_people(size, _stream(loading, "people"))
    ids = load_people(people, now=now)
    reps = accounts.load_reps(actor=ACTOR, now=now)
    market = open_market(people, ids, reps, _stream(loading, "market"), now=now)
    # Live orders first: what waits for the CRM goes there in the order in which it was written.
    named = [account.email for account in accounts.ACCOUNTS if account.role == "Customer"]
    customers = list(Customer.objects.filter(user__email__in=named).order_by("pk"))
    loading.done["live_orders"] = place_live_orders(
        size.live, market, seed=loading.seed, customers=customers, now=now
    )
    loading.done["past_orders"] = record_history(
        size,
        market,
        _stream(loading, "history"),
        today=store_date(now),
        actor=ACTOR,
        now=now,
    )
    loading.done["customers"] = len(ids)
    loading.done["days_of_visits"] = load_visits(size, _stream(loading, "visits"), now=now)
