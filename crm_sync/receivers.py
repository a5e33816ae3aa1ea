"""The one place where model signals are connected: every change of a watched row leaves a mark."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from crm_sync.chunks import in_chunks
from crm_sync.exceptions import MarkedOutsideTransaction
from crm_sync.mappings import names
from crm_sync.models import ChangeMark
from crm_sync.models.outbox import Lane, Operation
from shop.core.actors import correlation_id
from shop.core.commits import Gathering, gather, standing
from shop.core.events import RowsWritten, subscribe
from shop.core.jobs import enqueue
from shop.core.rows import insert
from shop.core.statements import Statement

DRAIN = "crm_sync.tasks.drain"
MANY_ROWS = 200
ROWS_AT_ONCE = 5000
_from_remote: ContextVar[bool] = ContextVar("from_remote", default=False)


def _always(_row: models.Model) -> bool:
    return True


def _is_not_history(row: models.Model) -> bool:
    """What was imported as past goes to Salesforce only when somebody asks for it."""
    return not getattr(row, "is_history", False)


def _is_of_no_history(row: models.Model) -> bool:
    return _is_not_history(row.order)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Watch:
    """A model, and whose record it changes: the path leads from the row to the owner's key."""

    model: str
    mapping: str
    path: str
    counts: Callable[[models.Model], bool] = _always
    is_owner: bool = True

    def key_of(self, row: models.Model) -> str:
        """Follow the path from one row; an empty text where it ends early."""
        value: Any = row
        for step in self.path.split("__"):
            value = getattr(value, step, None)
            if value is None:
                return ""
        return str(value)


# A child marks its owner, so that ten lines and their order become one push.
WATCHES: tuple[Watch, ...] = (
    Watch("price_lists.PriceList", names.PRICE_LIST, "code"),
    Watch("catalog.Product", names.PRODUCT, "key"),
    Watch("catalog.Variant", names.PRODUCT, "product__key", is_owner=False),
    Watch("price_lists.Price", names.PRODUCT, "variant__product__key", is_owner=False),
    Watch("customers.Customer", names.CUSTOMER, "key"),
    Watch("customers.Address", names.CUSTOMER, "customer__key", is_owner=False),
    Watch("cart.Cart", names.CART, "key"),
    Watch("cart.CartLine", names.CART, "cart__key", is_owner=False),
    Watch("orders.Order", names.ORDER, "key", _is_not_history),
    Watch("orders.Order", names.CART, "cart_key", _is_not_history, is_owner=False),
    Watch("orders.OrderLine", names.ORDER, "order__key", _is_of_no_history, is_owner=False),
    Watch("orders.OrderAddress", names.ORDER, "order__key", _is_of_no_history, is_owner=False),
    Watch("fulfillment.Shipment", names.ORDER, "order__key", _is_of_no_history, is_owner=False),
    Watch("payments.Payment", names.PAYMENT, "key", _is_of_no_history),
)


@dataclass(eq=False)
class _Marked(Gathering):
    """Remembers what a transaction has marked so far, for as long as the marks stand."""

    names: set[tuple[str, str, str]] = field(default_factory=set)


def connect() -> None:
    """Watch the models of the registry, proxies included."""
    for label in dict.fromkeys(watch.model for watch in WATCHES):
        watched = apps.get_model(label)
        for model in (watched, *_proxies_of(watched)):
            name = f"crm_sync.{model._meta.label}"
            post_save.connect(_saved, sender=model, dispatch_uid=f"{name}.saved")
            post_delete.connect(_deleted, sender=model, dispatch_uid=f"{name}.deleted")
    subscribe(RowsWritten, _rows_written)


def _proxies_of(watched: type[models.Model]) -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model._meta.proxy and model._meta.concrete_model is watched:
            yield model


@contextmanager
def applying_remote_change() -> Iterator[None]:
    """Inside, changes come from Salesforce and are not sent back."""
    token = _from_remote.set(True)
    try:
        yield
    finally:
        _from_remote.reset(token)


def _saved(sender: type[models.Model], instance: models.Model, raw: bool, **_: Any) -> None:
    if not raw:
        _mark_row(instance, Operation.SAVE)


def _deleted(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    _mark_row(instance, Operation.DELETE)


def _watches_of(row: models.Model) -> Iterator[Watch]:
    concrete = row._meta.concrete_model
    label = concrete._meta.label if concrete else ""
    return (watch for watch in WATCHES if watch.model == label)


def _mark_row(row: models.Model, operation: Operation) -> None:
    if _from_remote.get():
        return
    marks = [
        # An owner that lost a child was changed, not deleted.
        (watch.mapping, key, operation if watch.is_owner else Operation.SAVE)
        for watch in _watches_of(row)
        if watch.counts(row) and (key := watch.key_of(row))
    ]
    mark(marks)


def mark(marks: Iterable[tuple[str, str, Operation]], lane: str = Lane.LIVE) -> None:
    """Write marks in the running transaction, each once, and wake the drain when it commits."""
    wanted = list(dict.fromkeys(marks))
    if not wanted:
        return
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise MarkedOutsideTransaction(
            f"{wanted[0][0]} {wanted[0][1]} was changed outside a transaction"
        )
    earlier = [hook.names for hook in standing(_Marked)]
    fresh = [name for name in wanted if not any(name in names for names in earlier)]
    if not fresh:
        return
    now = timezone.now()  # a signal handler is told no time
    insert(
        [
            ChangeMark(
                mapping=mapping,
                key=key,
                operation=operation,
                lane=lane,
                correlation_id=correlation_id(),
                created_at=now,
            )
            for mapping, key, operation in fresh
        ]
    )
    gather(_Marked).names.update(fresh)
    enqueue(DRAIN)


def _rows_written(event: RowsWritten) -> None:
    """Mark what was written in bulk; many rows at once do not stand in the way of live orders."""
    if _from_remote.get():
        return
    for watch in WATCHES:
        if watch.model.lower() == event.model_label.lower():
            _mark_bulk(watch, event)


@cache
def _keys_of_one(watch: Watch) -> Statement[str]:
    """How the owner's key of a single row is asked for: what every guest's order does."""
    rows = apps.get_model(watch.model)._default_manager
    return Statement(lambda pk: rows.filter(pk=pk).values_list(watch.path, flat=True))


def _mark_bulk(watch: Watch, event: RowsWritten) -> None:
    if len(event.pks) == 1 and watch.counts is _always:
        keys = _keys_of_one(watch).all(pk=event.pks[0])
        mark([(watch.mapping, key, Operation.SAVE) for key in keys if key])
        return
    model = apps.get_model(watch.model)
    lane = Lane.LOW if len(event.pks) > MANY_ROWS else Lane.LIVE
    for pks in in_chunks(event.pks, ROWS_AT_ONCE):
        rows = model._default_manager.filter(pk__in=pks)
        if watch.model == "orders.Order" and rows.filter(is_history=True).exists():
            lane = Lane.LOW
        keys = [key for key in rows.values_list(watch.path, flat=True) if key]
        mark([(watch.mapping, key, Operation.SAVE) for key in keys], lane)
