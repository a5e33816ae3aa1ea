"""What went wrong, sorted by one table: the same failure always gets the same treatment."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Why a call or a record failed, and therefore what to do about it."""

    NOT_SENT = "not sent"
    UNKNOWN = "outcome unknown"
    TRANSIENT = "transient"
    CONCURRENT = "too many at once"
    CONTENTION = "contention"
    AUTOMATION = "org automation"
    TOO_BIG = "too big"
    INNOCENT = "innocent"
    RACE = "race"
    DEPENDENCY = "dependency"
    IDENTITY = "identity broken"
    CONVERTED = "already converted"
    BUDGET = "budget"
    STORAGE = "storage full"
    PERMANENT = "permanent"
    DATA = "data"
    DUPLICATE = "duplicate"
    REFUSED = "configuration"
    TOKEN = "token"  # noqa: S105 - a name, not a secret
    SIGN_IN = "sign-in"
    RETIRED = "version retired"


class Treatment(StrEnum):
    """The four things that can be done about a failure."""

    RETRY = "retry"
    WAIT = "wait"
    FIX = "fix"
    STOP = "stop"


TREATMENTS: dict[Kind, Treatment] = {
    Kind.NOT_SENT: Treatment.RETRY,
    Kind.UNKNOWN: Treatment.RETRY,
    Kind.TRANSIENT: Treatment.RETRY,
    Kind.CONCURRENT: Treatment.RETRY,
    Kind.CONTENTION: Treatment.RETRY,
    Kind.AUTOMATION: Treatment.RETRY,
    Kind.TOO_BIG: Treatment.RETRY,
    Kind.INNOCENT: Treatment.RETRY,
    Kind.RACE: Treatment.RETRY,
    Kind.DEPENDENCY: Treatment.RETRY,
    Kind.IDENTITY: Treatment.RETRY,
    Kind.CONVERTED: Treatment.RETRY,
    Kind.BUDGET: Treatment.WAIT,
    Kind.STORAGE: Treatment.WAIT,
    Kind.PERMANENT: Treatment.FIX,
    Kind.DATA: Treatment.FIX,
    Kind.DUPLICATE: Treatment.FIX,
    Kind.REFUSED: Treatment.FIX,
    Kind.TOKEN: Treatment.STOP,
    Kind.SIGN_IN: Treatment.STOP,
    Kind.RETIRED: Treatment.STOP,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: which signal means which kind of failure, and a hint for people."""

    kind: Kind
    code: str = ""  # matches the whole error code
    status: int = 0
    message: str = ""  # found anywhere in the message
    hint: str = ""

    def fits(self, code: str, status: int, message: str) -> bool:
        """Tell whether a failure is of this line; what the line leaves out always fits."""
        return (
            (not self.code or re.fullmatch(self.code, code) is not None)
            and (not self.status or self.status == status)
            and (not self.message or re.search(self.message, message, re.IGNORECASE) is not None)
        )


MOVED = (301, 302, 303, 307, 308)
_ASK_DOCTOR = "Run crm_doctor: it names the missing permission or setting."
_FIX_VALUE = "Correct the value in the shop, or the rule in Salesforce, then replay."

# The first line that fits decides. Codes come before bare HTTP statuses.
RULES: tuple[Rule, ...] = (
    Rule(
        Kind.REFUSED,
        "INVALID_SESSION_ID",
        message="not valid for use with the REST API",
        hint="The integration user lacks the permission API Enabled.",
    ),
    Rule(Kind.TOKEN, "INVALID_SESSION_ID|INVALID_AUTH_HEADER|sf:INVALID_SESSION_ID"),
    Rule(
        Kind.SIGN_IN,
        "invalid_grant|invalid_client|invalid_client_id|invalid_request"
        "|unsupported_grant_type|invalid_app_access|inactive_user|inactive_org"
        "|access_denied|insecure_address",
    ),
    Rule(Kind.CONCURRENT, "REQUEST_LIMIT_EXCEEDED", message="Concurrent"),
    Rule(Kind.BUDGET, "REQUEST_LIMIT_EXCEEDED"),
    Rule(Kind.CONTENTION, "UNABLE_TO_LOCK_ROW"),
    # A trigger that ran into a lock says so only in its message.
    Rule(Kind.CONTENTION, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message="UNABLE_TO_LOCK_ROW"),
    Rule(
        Kind.TOO_BIG,
        "QUERY_TIMEOUT|QUERY_TOO_COMPLICATED|EXCEEDED_ID_LIMIT|EXCEEDED_MAX_SIZE_REQUEST",
    ),
    Rule(Kind.INNOCENT, "ALL_OR_NONE_OPERATION_ROLLED_BACK|PROCESSING_HALTED"),
    Rule(Kind.DEPENDENCY, "INVALID_FIELD", message="Foreign key external ID"),
    Rule(Kind.DEPENDENCY, "INVALID_CROSS_REFERENCE_KEY"),
    Rule(Kind.IDENTITY, "ENTITY_IS_DELETED|NOT_FOUND"),
    # While the other one still commits, the org cannot name it yet.
    Rule(Kind.RACE, "DUPLICATE_VALUE", message="Shop_Id__c|<unknown>"),
    Rule(Kind.DATA, "DUPLICATE_VALUE", hint="Another record already holds this unique value."),
    Rule(
        Kind.DATA,
        "DUPLICATE_EXTERNAL_ID",
        hint="Several records in Salesforce match; merge them first.",
    ),
    Rule(
        Kind.DUPLICATE,
        "DUPLICATES_DETECTED",
        hint="A duplicate rule blocks this record: merge or link it in Salesforce, then replay.",
    ),
    Rule(Kind.CONVERTED, "CANNOT_UPDATE_CONVERTED_LEAD"),
    Rule(
        Kind.AUTOMATION,
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY|CANNOT_EXECUTE_FLOW_TRIGGER|APEX_ERROR",
        hint="A trigger or flow in the org failed; ask the org's administrator.",
    ),
    Rule(Kind.STORAGE, "STORAGE_LIMIT_EXCEEDED", hint="The org's data storage is full."),
    Rule(
        Kind.REFUSED,
        "API_DISABLED_FOR_ORG|API_CURRENTLY_DISABLED|FUNCTIONALITY_NOT_ENABLED"
        "|INSUFFICIENT_ACCESS.*|INVALID_TYPE|OPERATION_NOT_ALLOWED|TRANSFER_REQUIRES_READ",
        hint=_ASK_DOCTOR,
    ),
    Rule(
        Kind.PERMANENT,
        "REQUIRED_FIELD_MISSING|STRING_TOO_LONG|INVALID_FIELD.*|INVALID_STATUS|INVALID_ID_FIELD"
        "|INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST|FIELD_(CUSTOM|FILTER)_VALIDATION_EXCEPTION"
        "|FIELD_INTEGRITY_EXCEPTION|NUMBER_OUTSIDE_VALID_RANGE|INVALID_EMAIL_ADDRESS"
        "|FAILED_ACTIVATION|DELETE_FAILED|ORDER_MISMATCH|NO_STAGE|INACTIVE_OWNER_OR_USER"
        "|MISSING_ARGUMENT",
        hint=_FIX_VALUE,
    ),
    Rule(
        Kind.PERMANENT,
        "STANDARD_PRICE_NOT_DEFINED",
        hint="Activate the standard price book and push the product again.",
    ),
    Rule(Kind.PERMANENT, "JSON_PARSER_ERROR|MALFORMED_.*|INVALID_QUERY_LOCATOR"),
    Rule(Kind.TRANSIENT, "UNKNOWN_EXCEPTION|SERVER_UNAVAILABLE|NOT_JSON"),
    Rule(Kind.RETIRED, status=410, hint="Choose a newer API version on the connection page."),
    Rule(Kind.TOO_BIG, status=413),
    Rule(Kind.TOO_BIG, status=414),
    Rule(Kind.TOO_BIG, status=431),
    Rule(Kind.DATA, status=300, hint="Several records in Salesforce match; merge them first."),
    Rule(Kind.BUDGET, status=429),
    Rule(Kind.TRANSIENT, status=420),
    Rule(Kind.UNKNOWN, status=502),
    Rule(Kind.UNKNOWN, status=504),
    Rule(Kind.REFUSED, status=403, hint=_ASK_DOCTOR),
    Rule(Kind.IDENTITY, status=404),
    Rule(Kind.TOKEN, status=401),
    # An org that moved tells its new address at the next sign-in; a token follows no redirect.
    *(Rule(Kind.TOKEN, status=status) for status in MOVED),
    Rule(Kind.PERMANENT, status=400, hint=_FIX_VALUE),
)
LAST_LINE = Rule(Kind.TRANSIENT)


def rule_for(*, code: str, status: int, message: str) -> Rule:
    """Find the line of the table for a failure; what nobody knows is tried again, with a limit."""
    return next((rule for rule in RULES if rule.fits(code, status, message)), LAST_LINE)


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure of one record or of one whole call."""

    kind: Kind
    code: str
    message: str
    status: int = 0
    fields: tuple[str, ...] = ()
    hint: str = ""
    pause_seconds: float = 0.0  # what the org itself asked for

    @property
    def treatment(self) -> Treatment:
        """What can be done about it."""
        return TREATMENTS[self.kind]

    def in_words(self) -> str:
        """Say it in one plain line, with the field and the hint where there are any."""
        where = f" ({', '.join(self.fields)})" if self.fields else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.code}{where}: {self.message}{hint}"


def classify(*, code: str, message: str, status: int = 0, fields: tuple[str, ...] = ()) -> Fault:
    """Turn an error of Salesforce into a fault of the table."""
    rule = rule_for(code=code, status=status, message=message)
    return Fault(
        kind=rule.kind, code=code, message=message, status=status, fields=fields, hint=rule.hint
    )


class CallFailed(Exception):
    """A whole call failed; its fault says how."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.in_words())
        self.fault = fault
