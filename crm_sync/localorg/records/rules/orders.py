"""Orders: draft first, items from the order's price book, activation by status alone."""

from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules.common import (
    INACTIVE,
    money,
    number,
    refuse,
    set_columns,
    status_row,
)

FIXED_WHEN_ACTIVE = ("AccountId", "Pricebook2Id", "ContractId", "OriginalOrderId")
DERIVED = frozenset(
    [
        "Status",
        "StatusCode",
        "ActivatedDate",
        "ActivatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
        "TotalAmount",
    ]
)
CHOOSE = "Choose a valid order status and save your changes. Ask your admin for details."


def before_order(ctx: Context, change: Change) -> None:
    """An order is created as a draft and activated by an update of its status alone."""
    code = status_row(ctx, "OrderStatus", change.new.get("Status")).get("StatusCode")
    if code is None:
        raise refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", CHOOSE, "Status")
    change.new["StatusCode"] = code
    _check_terms(ctx, change)
    if change.is_new:
        _check_new(ctx, change)
        return
    was_active = change.old is not None and change.old.get("StatusCode") == "Activated"
    if was_active:
        ctx.require_right("EditActivatedOrders", change.options)
        _check_fixed(change)
        if code != "Activated":
            _deactivate(ctx, change)
    elif code == "Activated":
        _activate(ctx, change)
    if change.changed("Pricebook2Id") and _item_count(ctx, change.record_id):
        message = "The price book of an order with order products can't be changed."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Pricebook2Id")


def _check_terms(ctx: Context, change: Change) -> None:
    start, end = change.new.get("EffectiveDate"), change.new.get("EndDate")
    if start and end and str(end) < str(start):
        message = "The order end date can't be before the order start date."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "EndDate")
    contract = ctx.row("Contract", change.new.get("ContractId"))
    if contract is not None and contract["AccountId"] != change.new.get("AccountId"):
        message = "The order and its contract must have the same account."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "ContractId")


def _check_new(ctx: Context, change: Change) -> None:
    if change.new["StatusCode"] != "Draft":
        raise refuse("FAILED_ACTIVATION", CHOOSE, "Status")
    change.new["TotalAmount"] = 0.0
    if not change.new.get("IsReductionOrder"):
        return
    original = ctx.row("Order", change.new.get("OriginalOrderId"))
    if original is None:
        name = "OriginalOrderId"
        raise refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
    if original["IsReductionOrder"]:
        message = "A reduction order can't reduce another reduction order."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "OriginalOrderId")
    if original["StatusCode"] != "Activated":
        message = "A reduction order needs an activated original order."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "OriginalOrderId")
    for name in ("AccountId", "Pricebook2Id"):
        if change.new.get(name) != original.get(name):
            message = f"A reduction order has the {name} of its original order."
            raise refuse("FIELD_INTEGRITY_EXCEPTION", message, name)


def _check_fixed(change: Change) -> None:
    for name in FIXED_WHEN_ACTIVE:
        if change.changed(name):
            message = f"{name} can't be changed after an order was activated."
            raise refuse("FIELD_INTEGRITY_EXCEPTION", message, name)


def _activate(ctx: Context, change: Change) -> None:
    others = sorted(change.changed_fields() - DERIVED)
    if others:
        message = f"An order is activated by a change of its status alone, not with: {others}"
        raise refuse("FAILED_ACTIVATION", message, *others)
    ctx.require_right("ActivateOrder", change.options)
    if not _item_count(ctx, change.record_id):
        message = "An order must have at least one order product before it can be activated."
        raise refuse("FAILED_ACTIVATION", message, "Status")
    if change.new.get("IsReductionOrder"):
        _take_from_original(ctx, change.record_id)
    change.new["ActivatedDate"] = change.new["LastModifiedDate"]
    change.new["ActivatedById"] = change.options.user_id


def _deactivate(ctx: Context, change: Change) -> None:
    """An order that was reduced stays activated; a reduction gives back what it took."""
    sql = 'SELECT OrderNumber FROM "Order" WHERE OriginalOrderId = ? AND IsDeleted = 0'
    if ctx.value(sql, change.record_id):
        message = "An order with reduction orders can't be deactivated."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Status")
    if change.new.get("IsReductionOrder"):
        for item in _items(ctx, change.record_id):
            original = ctx.row("OrderItem", item["OriginalOrderItemId"]) or {}
            left = number(original.get("AvailableQuantity")) - number(item["Quantity"])
            set_columns(ctx, "OrderItem", str(original["Id"]), {"AvailableQuantity": left})


def _take_from_original(ctx: Context, order_id: str) -> None:
    for item in _items(ctx, order_id):
        original = ctx.row("OrderItem", item["OriginalOrderItemId"]) or {}
        left = number(original.get("AvailableQuantity")) + number(item["Quantity"])
        if left < 0:
            message = "The reduction is larger than the available quantity."
            raise refuse("FAILED_ACTIVATION", message, "Quantity")
        set_columns(ctx, "OrderItem", str(original["Id"]), {"AvailableQuantity": left})


def _items(ctx: Context, order_id: str) -> list[Values]:
    return ctx.rows("SELECT * FROM OrderItem WHERE OrderId = ? AND IsDeleted = 0", order_id)


def _item_count(ctx: Context, order_id: str) -> int:
    sql = "SELECT COUNT(*) FROM OrderItem WHERE OrderId = ? AND IsDeleted = 0"
    return int(number(ctx.value(sql, order_id)))


def before_item(ctx: Context, change: Change) -> None:
    """An item enters a draft order, from an active entry of the order's book."""
    order = ctx.row("Order", change.new.get("OrderId")) or {}
    if change.is_new:
        _check_new_item(ctx, change, order)
    elif order.get("StatusCode") == "Activated":
        ctx.require_right("EditActivatedOrders", change.options)
    if not order.get("IsReductionOrder") and number(change.new.get("Quantity")) <= 0:
        message = "Quantity: must be greater than zero"
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Quantity")
    if change.new.get("UnitPrice") is None:
        name = "UnitPrice"
        raise refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
    total = number(change.new.get("UnitPrice")) * number(change.new.get("Quantity"))
    change.new["TotalPrice"] = money(total)
    if change.changed("Quantity"):
        _keep_available(change)


def _keep_available(change: Change) -> None:
    """What was given back stays given back when the quantity changes."""
    old = change.old or {}
    used = number(old.get("Quantity")) - number(old.get("AvailableQuantity"))
    left = number(change.new.get("Quantity")) - used
    if used and left < 0:
        message = "The quantity can't be less than what reduction orders took back."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Quantity")
    change.new["AvailableQuantity"] = left


def _check_new_item(ctx: Context, change: Change, order: Values) -> None:
    if order.get("StatusCode") != "Draft":
        message = "Order products can't be added to an activated order."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "OrderId")
    if not order.get("Pricebook2Id"):
        message = "Choose a price book for the order before you add order products."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Pricebook2Id")
    entry = ctx.row("PricebookEntry", change.new.get("PricebookEntryId"))
    if entry is None and change.new.get("Product2Id"):
        entry = ctx.first(
            "SELECT * FROM PricebookEntry WHERE Product2Id = ? AND Pricebook2Id = ? "
            "AND IsDeleted = 0",
            change.new.get("Product2Id"),
            order.get("Pricebook2Id"),
        )
    _check_entry(entry, order)
    if entry is not None:
        change.new["PricebookEntryId"] = entry["Id"]
        change.new["Product2Id"] = entry["Product2Id"]
        change.new["ListPrice"] = entry["UnitPrice"]
    if order.get("IsReductionOrder"):
        _check_reduction(ctx, change, order)


def _check_entry(entry: Values | None, order: Values) -> None:
    name = "PricebookEntryId"
    if entry is None:
        raise refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
    if not entry["IsActive"]:
        message = INACTIVE
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, name)
    if entry["Pricebook2Id"] != order.get("Pricebook2Id"):
        message = (
            "field integrity exception: PricebookEntryId (pricebook entry is in a different "
            "pricebook than the one assigned to the order)"
        )
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, name)


def _check_reduction(ctx: Context, change: Change, order: Values) -> None:
    original = ctx.row("OrderItem", change.new.get("OriginalOrderItemId"))
    if original is None:
        name = "OriginalOrderItemId"
        raise refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
    if original["OrderId"] != order.get("OriginalOrderId"):
        message = "A reduction order product reduces a product of the original order."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "OriginalOrderItemId")
    quantity = number(change.new.get("Quantity"))
    if quantity >= 0 or -quantity > number(original["AvailableQuantity"]):
        message = "A reduction is negative and no larger than the available quantity."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Quantity")
    if number(change.new.get("UnitPrice")) != number(original["UnitPrice"]):
        message = "A reduction has the unit price of the original order product."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "UnitPrice")


def roll_up(ctx: Context, order_id: str) -> None:
    """Sum up the items of an order."""
    sql = "SELECT SUM(TotalPrice) FROM OrderItem WHERE OrderId = ? AND IsDeleted = 0"
    set_columns(ctx, "Order", order_id, {"TotalAmount": money(number(ctx.value(sql, order_id)))})


def after_item(ctx: Context, change: Change) -> None:
    """Sum up after an item was saved."""
    if change.changed("TotalPrice"):
        roll_up(ctx, str(change.new["OrderId"]))


def before_delete_item(ctx: Context, record_id: str) -> None:
    """Items of an activated order stay."""
    item = ctx.row("OrderItem", record_id) or {}
    order = ctx.row("Order", item.get("OrderId")) or {}
    if order.get("StatusCode") == "Activated":
        message = "Order products of an activated order can't be deleted."
        raise refuse("DELETE_FAILED", message)


def after_delete_item(ctx: Context, row: Values) -> None:
    """Sum up after an item was deleted."""
    roll_up(ctx, str(row["OrderId"]))


def before_delete_order(ctx: Context, record_id: str) -> None:
    """An activated order cannot be deleted."""
    order = ctx.row("Order", record_id) or {}
    if order.get("StatusCode") == "Activated":
        raise refuse("DELETE_FAILED", "An activated order can't be deleted.")
