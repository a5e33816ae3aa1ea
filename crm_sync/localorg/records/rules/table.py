"""Which rule belongs to which object."""

from collections.abc import Callable

from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules import (
    accounts,
    channels,
    files,
    opportunities,
    orders,
    people,
    persons,
    products,
    service,
)

BEFORE: dict[str, Callable[[Context, Change], None]] = {
    "Account": persons.before_account,
    "Contact": people.before_person,
    "User": people.before_person,
    "Lead": people.before_lead,
    "Asset": people.before_asset,
    "Attachment": files.before_body,
    "ContentDocumentLink": files.before_link,
    "ContentVersion": files.before_version,
    "Contract": people.before_contract,
    "Document": files.before_document,
    "CampaignMember": accounts.before_member,
    "Case": service.before_case,
    "Task": service.before_task,
    "Event": service.before_event,
    "PricebookEntry": products.before_entry,
    "Opportunity": opportunities.before_opportunity,
    "OpportunityLineItem": opportunities.before_line,
    "Order": orders.before_order,
    "OrderItem": orders.before_item,
    "PushTopic": channels.before_topic,
    "StreamingChannel": channels.before_channel,
}
AFTER: dict[str, Callable[[Context, Change], None]] = {
    "Account": persons.after_account,
    "Contact": persons.after_contact,
    "ContentDocument": files.after_content,
    "ContentVersion": files.after_version,
    "Product2": products.after_product,
    "OpportunityLineItem": opportunities.after_line,
    "OrderItem": orders.after_item,
}
BEFORE_DELETE: dict[str, Callable[[Context, str], None]] = {
    "Account": accounts.before_delete_account,
    "Contract": accounts.before_delete_contract,
    "PricebookEntry": products.before_delete_entry,
    "Product2": products.before_delete_product,
    "Pricebook2": products.before_delete_book,
    "Order": orders.before_delete_order,
    "OrderItem": orders.before_delete_item,
}
AFTER_DELETE: dict[str, Callable[[Context, Values], None]] = {
    "OpportunityLineItem": opportunities.after_delete_line,
    "OrderItem": orders.after_delete_item,
}
