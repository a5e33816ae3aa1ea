"""The gRPC server, for this machine."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from crm_sync.localorg.org import Org
from crm_sync.localorg.pubsub import wire
from crm_sync.localorg.pubsub.caller import Caller
from crm_sync.localorg.pubsub.encryption import credentials
from crm_sync.localorg.pubsub.refusals import Refused, abort
from crm_sync.localorg.pubsub.service import PubSub

THREADS = 256
MOST_BYTES = 4 * 1024 * 1024


def _single(org: Org, name: str, act: Callable[[Caller, Any], Any]) -> Callable[[Any, Any], Any]:
    def answer(request: Any, context: Any) -> Any:
        caller = Caller(org, context, name)
        try:
            caller.sign_in()
            return act(caller, request)
        except Refused as error:
            abort(context, error, caller.rpc_id)

    return answer


def _streamed(
    org: Org, name: str, act: Callable[[Caller, Iterator[Any]], Iterator[Any]]
) -> Callable[[Iterator[Any], Any], Iterator[Any]]:
    def answer(requests: Iterator[Any], context: Any) -> Iterator[Any]:
        caller = Caller(org, context, name)
        try:
            caller.sign_in()
            yield from act(caller, requests)
        except Refused as error:
            abort(context, error, caller.rpc_id)

    return answer


def _handlers(org: Org, service: PubSub) -> dict[str, Any]:
    acts: dict[str, Any] = {
        "GetTopic": service.get_topic,
        "GetSchema": service.get_schema,
        "Publish": service.publish,
        "Subscribe": service.subscribe,
        "PublishStream": service.publish_stream,
        "ManagedSubscribe": service.managed_subscribe,
    }
    handlers = {}
    for name, act in acts.items():
        takes, answers, streams = wire.METHODS[name]
        make = (
            grpc.stream_stream_rpc_method_handler
            if streams
            else grpc.unary_unary_rpc_method_handler
        )
        handlers[name] = make(
            (_streamed if streams else _single)(org, name, act),
            request_deserializer=wire.TYPES[takes].FromString,
            response_serializer=wire.TYPES[answers].SerializeToString,
        )
    return handlers


def start(
    org: Org, host: str, port: int, keepalive: float | None = None, *, encrypted: bool = False
) -> Any:
    """Serve an org's events; return the server and the port that it got."""
    service = PubSub(org, keepalive) if keepalive else PubSub(org)
    size = ("grpc.max_receive_message_length", MOST_BYTES)
    # Two processes must not share a port without knowing of each other.
    alone = ("grpc.so_reuseport", 0)
    server = grpc.server(ThreadPoolExecutor(THREADS), options=(size, alone))
    handlers = _handlers(org, service)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(wire.SERVICE, handlers),))
    address = f"{host}:{port}"
    if encrypted:
        bound = server.add_secure_port(address, credentials(org.settings.folder))
    else:
        bound = server.add_insecure_port(address)
    server.start()
    return server, bound
