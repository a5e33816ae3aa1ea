"""Price books: the standard price comes first."""

from crm_sync.localorg.records.context import Change, Context
from crm_sync.localorg.records.rules.common import refuse


def before_entry(ctx: Context, change: Change) -> None:
    """A price in a custom book needs the product's standard price."""
    book = ctx.row("Pricebook2", change.new.get("Pricebook2Id")) or {}
    product = ctx.row("Product2", change.new.get("Product2Id")) or {}
    change.new["Name"] = product.get("Name")
    change.new["ProductCode"] = product.get("ProductCode")
    if change.is_new:
        _check_single(ctx, change)
        standard = _standard_price(ctx, change)
        if not book.get("IsStandard") and standard is None:
            message = "Before creating a custom price, create a standard price."
            raise refuse("STANDARD_PRICE_NOT_DEFINED", message)
    if change.new.get("UseStandardPrice"):
        change.new["UnitPrice"] = _standard_price(ctx, change)
    if change.new.get("UnitPrice") is None:
        raise refuse(
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [UnitPrice]",
            "UnitPrice",
        )


def _check_single(ctx: Context, change: Change) -> None:
    taken = ctx.value(
        "SELECT Id FROM PricebookEntry WHERE Product2Id = ? AND Pricebook2Id = ? AND IsDeleted = 0",
        change.new.get("Product2Id"),
        change.new.get("Pricebook2Id"),
    )
    if taken:
        message = "This price definition already exists in this price book"
        raise refuse("DUPLICATE_VALUE", message)


def _standard_price(ctx: Context, change: Change) -> object:
    return ctx.value(
        "SELECT e.UnitPrice FROM PricebookEntry e JOIN Pricebook2 b ON b.Id = e.Pricebook2Id "
        "WHERE e.Product2Id = ? AND b.IsStandard = 1 AND e.IsDeleted = 0",
        change.new.get("Product2Id"),
    )


def after_product(ctx: Context, change: Change) -> None:
    """Entries show the name and code of their product."""
    if change.is_new or not (change.changed("Name") or change.changed("ProductCode")):
        return
    ctx.connection().execute(
        "UPDATE PricebookEntry SET Name = ?, ProductCode = ? WHERE Product2Id = ?",
        (change.new.get("Name"), change.new.get("ProductCode"), change.record_id),
    )


def before_delete_entry(ctx: Context, record_id: str) -> None:
    """A price that was used stays for ever."""
    for table in ("OrderItem", "OpportunityLineItem"):
        sql = f'SELECT Id FROM "{table}" WHERE PricebookEntryId = ? AND IsDeleted = 0'
        if ctx.value(sql, record_id):
            message = "This price book entry is in use: deactivate it instead of deleting it."
            raise refuse("DELETE_FAILED", message)


def before_delete_product(ctx: Context, record_id: str) -> None:
    """A product that was ordered or quoted cannot be deleted."""
    for table in ("OrderItem", "OpportunityLineItem", "Asset"):
        sql = f'SELECT Id FROM "{table}" WHERE Product2Id = ? AND IsDeleted = 0'
        if ctx.value(sql, record_id):
            message = "This product is in use: deactivate it instead of deleting it."
            raise refuse("DELETE_FAILED", message)


def before_delete_book(ctx: Context, record_id: str) -> None:
    """The standard book, and a book in use, cannot be deleted."""
    book = ctx.row("Pricebook2", record_id) or {}
    used = any(
        ctx.value(f'SELECT Id FROM "{table}" WHERE Pricebook2Id = ? AND IsDeleted = 0', record_id)
        for table in ("Order", "Opportunity")
    )
    if book.get("IsStandard") or used:
        message = "This price book is in use or is the standard price book."
        raise refuse("DELETE_FAILED", message)
