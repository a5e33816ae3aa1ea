"""Opportunities follow their stage, and sum up their products."""

from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules.common import (
    INACTIVE,
    money,
    number,
    refuse,
    set_columns,
    status_row,
)


def before_opportunity(ctx: Context, change: Change) -> None:
    """The stage decides probability, forecast and whether the deal is closed."""
    stage = status_row(ctx, "OpportunityStage", change.new.get("StageName"))
    if change.changed("StageName"):
        _follow_stage(change, stage)
    if not change.is_new and change.old is not None and change.old.get("HasOpportunityLineItem"):
        change.new["Amount"] = change.old.get("Amount")
        if change.changed("Pricebook2Id"):
            message = "The price book of an opportunity with products can't be changed."
            raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Pricebook2Id")
    amount = change.new.get("Amount")
    share = number(change.new.get("Probability")) / 100
    change.new["ExpectedRevenue"] = money(number(amount) * share) if amount is not None else None
    day = str(change.new.get("CloseDate") or "")
    if day:
        change.new["FiscalYear"] = int(day[:4])
        change.new["FiscalQuarter"] = (int(day[5:7]) + 2) // 3


def _follow_stage(change: Change, stage: Values) -> None:
    change.new["IsClosed"] = int(bool(stage.get("IsClosed")))
    change.new["IsWon"] = int(bool(stage.get("IsWon")))
    change.new["ForecastCategory"] = stage.get("ForecastCategory") or "Pipeline"
    sent = change.options and change.changed("Probability")
    if not sent or change.new.get("Probability") is None:
        change.new["Probability"] = stage.get("DefaultProbability") or 0.0
    if change.is_new or not change.changed("ForecastCategoryName"):
        change.new["ForecastCategoryName"] = stage.get("ForecastCategoryName") or "Pipeline"


def before_line(ctx: Context, change: Change) -> None:
    """A line takes its product from a price book entry of the opportunity's book."""
    deal = ctx.row("Opportunity", change.new.get("OpportunityId")) or {}
    if change.is_new:
        entry = _entry(ctx, change, deal)
        change.new["PricebookEntryId"] = entry["Id"]
        change.new["Product2Id"] = entry["Product2Id"]
        change.new["ProductCode"] = entry["ProductCode"]
        change.new["ListPrice"] = entry["UnitPrice"]
        change.new["Name"] = f"{deal.get('Name')} {entry['Name']}"[:376]
        if not deal.get("Pricebook2Id"):
            values = {"Pricebook2Id": entry["Pricebook2Id"]}
            set_columns(ctx, "Opportunity", str(deal["Id"]), values)
    _price(change)


def _entry(ctx: Context, change: Change, deal: Values) -> Values:
    entry = ctx.row("PricebookEntry", change.new.get("PricebookEntryId"))
    book = deal.get("Pricebook2Id")
    if entry is None and change.new.get("Product2Id"):
        entry = ctx.first(
            "SELECT * FROM PricebookEntry WHERE Product2Id = ? AND Pricebook2Id = ? "
            "AND IsDeleted = 0",
            change.new.get("Product2Id"),
            book or ctx.value("SELECT Id FROM Pricebook2 WHERE IsStandard = 1"),
        )
    if entry is None:
        name = "PricebookEntryId"
        raise refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)
    if not entry["IsActive"]:
        message = INACTIVE
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "PricebookEntryId")
    if book and entry["Pricebook2Id"] != book:
        message = (
            "field integrity exception: PricebookEntryId (pricebook entry is in a different "
            "pricebook than the one assigned to the opportunity)"
        )
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "PricebookEntryId")
    return entry


def _price(change: Change) -> None:
    quantity = number(change.new.get("Quantity"))
    share = 1 - number(change.new.get("Discount")) / 100
    price, total = change.new.get("UnitPrice"), change.new.get("TotalPrice")
    total_given = total is not None and change.changed("TotalPrice")
    price_given = price is not None and change.changed("UnitPrice")
    if price is None and total is None:
        missing = "Required fields are missing: [UnitPrice]"
        raise refuse("REQUIRED_FIELD_MISSING", missing, "UnitPrice")
    if not quantity:
        message = "field integrity exception: Quantity (quantity must be nonzero)"
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "Quantity")
    if total_given and price_given:
        message = (
            "field integrity exception: unknown "
            "(only one of unit price or total price may be specified)"
        )
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message)
    if total_given and share:
        change.new["UnitPrice"] = money(number(total) / quantity / share)
        return
    change.new["TotalPrice"] = money(number(price) * quantity * share)


def roll_up(ctx: Context, deal_id: str) -> None:
    """Sum up the lines of an opportunity."""
    row = ctx.first(
        "SELECT COUNT(*) AS lines, SUM(TotalPrice) AS total, SUM(Quantity) AS quantity "
        "FROM OpportunityLineItem WHERE OpportunityId = ? AND IsDeleted = 0",
        deal_id,
    )
    deal = ctx.row("Opportunity", deal_id)
    if row is None or deal is None:
        return
    values: Values = {"HasOpportunityLineItem": int(bool(row["lines"]))}
    if row["lines"]:
        amount = money(number(row["total"]))
        share = number(deal["Probability"]) / 100
        values |= {"Amount": amount, "ExpectedRevenue": money(amount * share)}
        values["TotalOpportunityQuantity"] = number(row["quantity"])
    set_columns(ctx, "Opportunity", deal_id, values)


def after_line(ctx: Context, change: Change) -> None:
    """Sum up after a line was saved."""
    roll_up(ctx, str(change.new["OpportunityId"]))


def after_delete_line(ctx: Context, row: Values) -> None:
    """Sum up after a line was deleted."""
    roll_up(ctx, str(row["OpportunityId"]))
