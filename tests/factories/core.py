"""Actors and moments for tests."""

from datetime import datetime

from shop.core.actors import CUSTOMER, GUEST, STAFF, Actor
from shop.core.dates import store_zone

NOW = datetime(2026, 3, 14, 11, 30, tzinfo=store_zone())
STAFF_ACTOR = Actor(kind=STAFF, key="STAFFKEY", label="Asha Staff", channel="admin")
CUSTOMER_ACTOR = Actor(kind=CUSTOMER, key="CUSTOMERKEY", label="Ravi Customer")
GUEST_ACTOR = Actor(kind=GUEST, label="Guest")
