"""The partner API as far as clients still need it: conversion, user info, server time, login."""

from collections.abc import Callable

from lxml import etree

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.records.convert import Conversion, convert
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.schema import xml
from crm_sync.localorg.soap import envelope as soap
from crm_sync.localorg.soap.envelope import Message

MOST_CONVERSIONS = 100
LAST_LOGIN_VERSION = 64


def _optional_id(entry: etree._Element, name: str) -> str | None:
    text = xml.text(entry, name)
    return short_or_full(text) if text else None


def _wish(entry: etree._Element) -> Conversion:
    return Conversion(
        lead_id=short_or_full(xml.text(entry, "leadId")),
        status=xml.text(entry, "convertedStatus"),
        account_id=_optional_id(entry, "accountId"),
        contact_id=_optional_id(entry, "contactId"),
        opportunity_id=_optional_id(entry, "opportunityId"),
        opportunity_name=xml.text(entry, "opportunityName") or None,
        owner_id=_optional_id(entry, "ownerId"),
        no_opportunity=xml.flag(entry, "doNotCreateOpportunity"),
        overwrite_source=xml.flag(entry, "overwriteLeadSource"),
    )


def _convert_one(
    call: Call, entry: etree._Element, options: SaveOptions
) -> Callable[[etree._Element], None]:
    try:
        wish = _wish(entry)
        done = convert(call.org.context(), wish, options)
    except SalesforceError as error:
        refused = error

        def write_error(result: etree._Element) -> None:
            for name in ("accountId", "contactId"):
                soap.nil(result, name)
            soap.put_errors(result, refused)
            soap.value(result, "leadId", xml.text(entry, "leadId") or None)
            soap.nil(result, "opportunityId")
            soap.element(result, "success", value=False)

        return write_error

    def write(result: etree._Element) -> None:
        soap.element(result, "accountId", done.account_id)
        soap.element(result, "contactId", done.contact_id)
        soap.element(result, "leadId", done.lead_id)
        soap.value(result, "opportunityId", done.opportunity_id)
        soap.element(result, "success", value=True)

    return write


def _convert_lead(call: Call, message: Message) -> Answer:
    entries = xml.children(message.operation, "leadConverts")
    if len(entries) > MOST_CONVERSIONS:
        raise SalesforceError("EXCEEDED_ID_LIMIT", "At most 100 leads can be converted at once")
    out, body = soap.response("convertLead")
    for entry in entries:
        _convert_one(call, entry, call.save_options())(soap.element(body, "result"))
    return soap.answer(out)


def put_user_info(call: Call, parent: etree._Element) -> None:
    """Append who the session belongs to."""
    user = call.org.reader.query(
        "SELECT Id, Username, Name, Email, ProfileId, TimeZoneSidKey, LocaleSidKey, "
        f"LanguageLocaleKey FROM User WHERE Id = '{call.org.user_id}'"
    ).records[0]
    soap.element(parent, "accessibilityMode", value=False)
    soap.element(parent, "currencySymbol", "₹")
    soap.element(parent, "orgDefaultCurrencyIsoCode", "INR")
    soap.element(parent, "orgHasPersonAccounts", value=False)
    soap.element(parent, "organizationId", call.org.org_id)
    soap.element(parent, "organizationMultiCurrency", value=False)
    soap.element(parent, "organizationName", call.org.settings.name)
    soap.element(parent, "profileId", user["ProfileId"])
    soap.nil(parent, "roleId")
    soap.element(parent, "sessionSecondsValid", 7200)
    soap.nil(parent, "userDefaultCurrencyIsoCode")
    soap.element(parent, "userEmail", user["Email"])
    soap.element(parent, "userFullName", user["Name"])
    soap.element(parent, "userId", user["Id"])
    soap.element(parent, "userLanguage", user["LanguageLocaleKey"])
    soap.element(parent, "userLocale", user["LocaleSidKey"])
    soap.element(parent, "userName", user["Username"])
    soap.element(parent, "userTimeZone", user["TimeZoneSidKey"])
    soap.element(parent, "userType", "Standard")
    soap.element(parent, "userUiSkin", "Theme3")


def _get_user_info(call: Call, _message: Message) -> Answer:
    out, body = soap.response("getUserInfo")
    put_user_info(call, soap.element(body, "result"))
    return soap.answer(out)


def _get_server_timestamp(_call: Call, _message: Message) -> Answer:
    out, body = soap.response("getServerTimestamp")
    stamp = clock.to_wire(clock.now()).replace("+0000", "Z")
    soap.element(soap.element(body, "result"), "timestamp", stamp)
    return soap.answer(out)


def _login(call: Call, message: Message) -> Answer:
    if float(call.version) > LAST_LOGIN_VERSION or not call.org.settings.allow_password:
        text = "SOAP login is not available in this org or in this API version"
        raise SalesforceError("INVALID_OPERATION", text)
    known = call.org.credentials
    name = xml.text(message.operation, "username").lower()
    word = xml.text(message.operation, "password")
    if name != known.username.lower() or not word.startswith(known.password):
        text = "Invalid username, password, security token; or user locked out."
        raise SalesforceError("INVALID_LOGIN", text)
    session = call.org.sessions.open(call.org.user_id, known.client_id, "api")
    out, body = soap.response("login")
    result = soap.element(body, "result")
    server = f"{call.host}/services/Soap"
    soap.element(result, "metadataServerUrl", f"{server}/m/{call.version}/{call.org.org_id[:15]}")
    soap.element(result, "passwordExpired", value=False)
    soap.element(result, "sandbox", value=False)
    soap.element(result, "serverUrl", f"{server}/u/{call.version}/{call.org.org_id[:15]}")
    soap.element(result, "sessionId", session.token)
    soap.element(result, "userId", session.user_id)
    put_user_info(call, soap.element(result, "userInfo"))
    return soap.answer(out)


def _logout(call: Call, message: Message) -> Answer:
    call.org.sessions.revoke(message.session_id)
    out, _body = soap.response("logout")
    return soap.answer(out)


OPERATIONS: dict[str, Callable[[Call, Message], Answer]] = {
    "convertLead": _convert_lead,
    "getUserInfo": _get_user_info,
    "getServerTimestamp": _get_server_timestamp,
    "login": _login,
    "logout": _logout,
}
WITHOUT_SESSION = frozenset(("login",))
