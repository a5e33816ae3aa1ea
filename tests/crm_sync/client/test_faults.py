"""The error table."""

import pytest

from crm_sync.client.faults import TREATMENTS, Kind, classify

SIGNALS = [
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", Kind.TOKEN, "stop"),
    (
        "INVALID_SESSION_ID",
        401,
        "This session is not valid for use with the REST API",
        Kind.REFUSED,
        "fix",
    ),
    ("invalid_grant", 400, "no client credentials user enabled", Kind.SIGN_IN, "stop"),
    ("invalid_client", 400, "invalid client credentials", Kind.SIGN_IN, "stop"),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", Kind.BUDGET, "wait"),
    (
        "REQUEST_LIMIT_EXCEEDED",
        403,
        "ConcurrentRequests (Concurrent API) Limit exceeded.",
        Kind.CONCURRENT,
        "retry",
    ),
    ("HTTP_429", 429, "", Kind.BUDGET, "wait"),
    ("API_DISABLED_FOR_ORG", 403, "", Kind.REFUSED, "fix"),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 403, "", Kind.REFUSED, "fix"),
    ("HTTP_403", 403, "", Kind.REFUSED, "fix"),
    ("UNABLE_TO_LOCK_ROW", 400, "unable to obtain exclusive access", Kind.CONTENTION, "retry"),
    ("UNKNOWN_EXCEPTION", 500, "An unexpected error occurred", Kind.TRANSIENT, "retry"),
    ("SERVER_UNAVAILABLE", 503, "", Kind.TRANSIENT, "retry"),
    ("NOT_JSON", 503, "<html>", Kind.TRANSIENT, "retry"),
    ("HTTP_502", 502, "", Kind.UNKNOWN, "retry"),
    ("HTTP_504", 504, "", Kind.UNKNOWN, "retry"),
    ("QUERY_TIMEOUT", 400, "", Kind.TOO_BIG, "retry"),
    ("URI_TOO_LONG", 414, "", Kind.TOO_BIG, "retry"),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", 200, "", Kind.INNOCENT, "retry"),
    ("PROCESSING_HALTED", 400, "", Kind.INNOCENT, "retry"),
    (
        "INVALID_FIELD",
        400,
        "Foreign key external ID: main-acct-1 not found for field Shop_Id__c in entity Account",
        Kind.DEPENDENCY,
        "retry",
    ),
    ("INVALID_FIELD", 400, "No such column 'X' on sobject of type Y", Kind.PERMANENT, "fix"),
    ("ENTITY_IS_DELETED", 404, "entity is deleted", Kind.IDENTITY, "retry"),
    ("MULTIPLE_MATCHES", 300, "", Kind.DATA, "fix"),
    (
        "DUPLICATE_VALUE",
        400,
        "duplicate value found: Shop_Id__c duplicates value on record with id: 001",
        Kind.RACE,
        "retry",
    ),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", Kind.DUPLICATE, "fix"),
    ("CANNOT_UPDATE_CONVERTED_LEAD", 400, "", Kind.CONVERTED, "retry"),
    ("REQUIRED_FIELD_MISSING", 400, "", Kind.PERMANENT, "fix"),
    ("STRING_TOO_LONG", 400, "", Kind.PERMANENT, "fix"),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400, "", Kind.PERMANENT, "fix"),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "", Kind.PERMANENT, "fix"),
    ("STANDARD_PRICE_NOT_DEFINED", 400, "", Kind.PERMANENT, "fix"),
    ("FAILED_ACTIVATION", 400, "", Kind.PERMANENT, "fix"),
    ("MALFORMED_ID", 400, "", Kind.PERMANENT, "fix"),
    ("JSON_PARSER_ERROR", 400, "", Kind.PERMANENT, "fix"),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, "", Kind.AUTOMATION, "retry"),
    ("STORAGE_LIMIT_EXCEEDED", 400, "", Kind.STORAGE, "wait"),
    ("HTTP_410", 410, "", Kind.RETIRED, "stop"),
]


@pytest.mark.req("CRM-26")
@pytest.mark.parametrize(("code", "status", "message", "kind", "treatment"), SIGNALS)
def test_each_signal_lands_in_its_class(code, status, message, kind, treatment):
    fault = classify(code=code, status=status, message=message)

    assert (fault.kind, fault.treatment) == (kind, treatment)


def test_every_kind_has_a_treatment():
    assert set(TREATMENTS) == set(Kind)


def test_a_fault_says_field_and_hint_in_one_line():
    fault = classify(
        code="STRING_TOO_LONG", message="Name: data value too large", status=400, fields=("Name",)
    )

    assert fault.in_words() == (
        "STRING_TOO_LONG (Name): Name: data value too large "
        "Correct the value in the shop, or the rule in Salesforce, then replay."
    )
