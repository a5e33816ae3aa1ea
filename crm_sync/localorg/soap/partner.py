"""The partner API beside its records: sign-in, conversion, approvals, user info."""

from lxml import etree

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.convert import Conversion, convert
from crm_sync.localorg.records.deciding import Approver
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.rest import setup
from crm_sync.localorg.rest.collections import too_many
from crm_sync.localorg.schema import xml
from crm_sync.localorg.soap.envelope import Message, error_of
from crm_sync.localorg.soap.records import Operation, Record, each_of, options_of

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


def _convert_one(call: Call, entry: etree._Element, options: SaveOptions) -> Record:
    try:
        done = convert(call.org.context(), _wish(entry), options)
    except SalesforceError as error:
        lead = xml.text(entry, "leadId") or None
        return {"errors": [error_of(one) for one in error.each], "leadId": lead, "success": False}
    return {
        "accountId": done.account_id,
        "contactId": done.contact_id,
        "leadId": done.lead_id,
        "opportunityId": done.opportunity_id,
        "success": True,
    }


def _convert_lead(call: Call, message: Message) -> object:
    entries = xml.children(message.operation, "leadConverts")
    if len(entries) > MOST_CONVERSIONS:
        raise too_many(MOST_CONVERSIONS)
    options = options_of(call, message)
    return [_convert_one(call, entry, options) for entry in entries]


def user_info(call: Call, user_id: str) -> Record:
    """Return who a session belongs to."""
    user = call.org.reader.query(
        "SELECT Id, Username, Name, Email, ProfileId, TimeZoneSidKey, LocaleSidKey, "
        f"LanguageLocaleKey FROM User WHERE Id = '{user_id}'"
    ).records[0]
    return {
        "currencySymbol": "₹",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "INR",
        "organizationId": call.org.org_id,
        "organizationName": call.org.settings.name,
        "profileId": user["ProfileId"],
        "sessionSecondsValid": 7200,
        "userEmail": user["Email"],
        "userFullName": user["Name"],
        "userId": user["Id"],
        "userLanguage": user["LanguageLocaleKey"],
        "userLocale": user["LocaleSidKey"],
        "userName": user["Username"],
        "userTimeZone": user["TimeZoneSidKey"],
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }


def _get_user_info(call: Call, _message: Message) -> object:
    return user_info(call, call.session.user_id if call.session else call.org.user_id)


def _get_server_timestamp(_call: Call, _message: Message) -> object:
    return {"timestamp": clock.to_wire(clock.now())}


def _login(call: Call, message: Message) -> object:
    if float(call.version) > LAST_LOGIN_VERSION:
        text = "SOAP API login() is not available in API versions 65.0 and later."
        raise SalesforceError("INVALID_OPERATION", text)
    if not call.org.settings.allow_password:
        text = "SOAP API login() is disabled by default in this org."
        raise SalesforceError("INVALID_OPERATION", text)
    known = call.org.credentials
    name = xml.text(message.operation, "username").lower()
    word = xml.text(message.operation, "password")
    if name != known.username.lower() or not word.startswith(known.password):
        text = "Invalid username, password, security token; or user locked out."
        raise SalesforceError("INVALID_LOGIN", text)
    session = call.org.sessions.open(call.org.user_id, known.client_id, "api")
    server = f"{call.host}/services/Soap"
    kind = "c" if call.path.startswith("/services/Soap/c/") else "u"
    return {
        "metadataServerUrl": f"{server}/m/{call.version}/{call.org.org_id[:15]}",
        "serverUrl": f"{server}/{kind}/{call.version}/{call.org.org_id[:15]}",
        "sessionId": session.token,
        "userId": session.user_id,
        "userInfo": user_info(call, session.user_id),
    }


def _logout(call: Call, message: Message) -> object:
    call.org.sessions.revoke(message.session_id)
    return None


def _invalidate(call: Call, message: Message) -> object:
    tokens = [(each.text or "").strip() for each in xml.children(message.operation, "sessionIds")]
    return [{"success": bool(token and call.org.sessions.revoke(token))} for token in tokens]


def _set_password(call: Call, message: Message) -> object:
    named = (xml.text(message.operation, part) for part in ("userId", "password"))
    setup.change_password(call, *named)
    return {}


def _process(call: Call, message: Message) -> object:
    user = call.session.user_id if call.session else call.org.user_id
    approver = Approver(call.org.context(), user)

    def work(_context: Context, item: etree._Element, _options: SaveOptions) -> Record:
        return {**approver.run(_request(item)), "errors": []}

    return each_of(call, message, "actions", work)


PROCESS = ("processDefinitionNameOrId", "skipEntryCriteria")


def _request(item: etree._Element) -> Record:
    """Return an approval request the way the REST resource takes it."""
    work_item = xml.text(item, "workitemId")
    found: Record = {
        "actionType": xml.text(item, "action") if work_item else "Submit",
        "contextId": work_item or xml.text(item, "objectId"),
        "comments": xml.text(item, "comments") or None,
        "contextActorId": xml.text(item, "submitterId") or None,
    }
    found |= {name: xml.text(item, name) for name in PROCESS}
    named = [(each.text or "").strip() for each in xml.children(item, "nextApproverIds")]
    return {**found, "nextApproverIds": [each for each in named if each]}


OPERATIONS: dict[str, Operation] = {
    "convertLead": _convert_lead,
    "getUserInfo": _get_user_info,
    "getServerTimestamp": _get_server_timestamp,
    "invalidateSessions": _invalidate,
    "login": _login,
    "logout": _logout,
    "process": _process,
    "setPassword": _set_password,
}
WITHOUT_SESSION = frozenset(("login",))
