"""How a call fails: a status for gRPC, a code of the platform in the trailers."""

from typing import Any, NoReturn

import grpc

PREFIX = "sfdc.platform.eventbus.grpc."
Status = grpc.StatusCode
# Code of the platform: status, and what a person reads.
TEXTS = {
    "service.unavailable": (Status.UNAVAILABLE, "The service is unavailable."),
    "service.auth.error": (Status.UNAUTHENTICATED, "The session is not valid."),
    "service.auth.headers.invalid": (
        Status.UNAUTHENTICATED,
        "The headers accesstoken, instanceurl and tenantid must not be blank.",
    ),
    "service.auth.refresh.invalid": (Status.UNAUTHENTICATED, "The new session is not valid."),
    "topic.not.found": (Status.NOT_FOUND, "The topic does not exist."),
    "topic.validation.empty": (Status.INVALID_ARGUMENT, "The topic name must not be blank."),
    "schema.validation.failed": (Status.INVALID_ARGUMENT, "The schema ID must not be blank."),
    "schema.meta.permission": (Status.NOT_FOUND, "No schema has this ID."),
    "subscription.fetch.requested.events.invalid": (
        Status.INVALID_ARGUMENT,
        "The number of requested events must be greater than zero.",
    ),
    "subscription.fetch.topic.mismatch": (
        Status.INVALID_ARGUMENT,
        "The topic must not change within a stream.",
    ),
    "subscription.fetch.replayid.validation.failed": (
        Status.INVALID_ARGUMENT,
        "A custom replay needs a replay ID.",
    ),
    "subscription.fetch.replayid.corrupted": (
        Status.INVALID_ARGUMENT,
        "The Replay ID validation failed. Ensure that the Replay ID is valid.",
    ),
    "publish.event.count.invalid": (Status.INVALID_ARGUMENT, "At least one event is needed."),
    "publish.topic.mismatch": (
        Status.INVALID_ARGUMENT,
        "The topic must not change within a stream.",
    ),
    "publish.topic.validation.empty": (
        Status.INVALID_ARGUMENT,
        "The topic name must not be blank.",
    ),
    "publish.topic.cannot.publish": (
        Status.PERMISSION_DENIED,
        "Events of this topic are published by the platform alone.",
    ),
    "managed.subscription.developer.name.not.found": (
        Status.NOT_FOUND,
        "No managed subscription has this developer name.",
    ),
    "managed.subscription.subscription.id.not.found": (
        Status.NOT_FOUND,
        "No managed subscription has this ID.",
    ),
    "managed.subscription.id.or.developer.name.empty": (
        Status.INVALID_ARGUMENT,
        "Give either the ID or the developer name.",
    ),
    "managed.subscription.config.stopped": (
        Status.FAILED_PRECONDITION,
        "The managed subscription is stopped.",
    ),
    "managed.subscription.already.active": (
        Status.ALREADY_EXISTS,
        "Another client uses this managed subscription.",
    ),
    "managed.subscription.fetch.request.events.invalid": (
        Status.INVALID_ARGUMENT,
        "The number of requested events must not be negative.",
    ),
    "managed.subscription.fetch.request.commit.request.restricted": (
        Status.INVALID_ARGUMENT,
        "The first request of a stream must not commit.",
    ),
}


class Refused(Exception):
    """A call that fails with a code of the platform."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def abort(context: Any, error: Refused, rpc_id: str) -> NoReturn:
    """End a call with its status, its text and its trailers."""
    status, text = TEXTS[error.code]
    context.set_trailing_metadata((("error-code", PREFIX + error.code), ("rpc-id", rpc_id)))
    context.abort(status, f"{text} rpcId: {rpc_id}")
    raise AssertionError("abort never returns")
