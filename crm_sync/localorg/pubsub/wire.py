"""The messages and methods of the interface, built from a table; names and numbers are public."""

from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

PACKAGE = "eventbus.v1"
SERVICE = f"{PACKAGE}.PubSub"
LATEST, EARLIEST, CUSTOM = range(3)
PUBLISH, COMMIT = 1, 2
ENUMS = {
    "ReplayPreset": ("LATEST", "EARLIEST", "CUSTOM"),
    "ErrorCode": ("UNKNOWN", "PUBLISH", "COMMIT"),
}
# A field's place in its line is its number; `*` marks what may be given several times.
MESSAGES = {
    "TopicInfo": (
        "topic_name:string tenant_guid:string can_publish:bool can_subscribe:bool "
        "schema_id:string rpc_id:string"
    ),
    "TopicRequest": "topic_name:string",
    "EventHeader": "key:string value:bytes",
    "ProducerEvent": "id:string schema_id:string payload:bytes headers:EventHeader*",
    "ConsumerEvent": "event:ProducerEvent replay_id:bytes",
    "Error": "code:ErrorCode msg:string",
    "PublishResult": "replay_id:bytes error:Error correlation_key:string",
    "FetchRequest": (
        "topic_name:string replay_preset:ReplayPreset replay_id:bytes num_requested:int32 "
        "auth_refresh:string"
    ),
    "FetchResponse": (
        "events:ConsumerEvent* latest_replay_id:bytes rpc_id:string pending_num_requested:int32"
    ),
    "SchemaRequest": "schema_id:string",
    "SchemaInfo": "schema_json:string schema_id:string rpc_id:string",
    "PublishRequest": "topic_name:string events:ProducerEvent* auth_refresh:string",
    "PublishResponse": "results:PublishResult* schema_id:string rpc_id:string",
    "CommitReplayRequest": "commit_request_id:string replay_id:bytes",
    "CommitReplayResponse": (
        "commit_request_id:string replay_id:bytes error:Error process_time:int64"
    ),
    "ManagedFetchRequest": (
        "subscription_id:string developer_name:string num_requested:int32 auth_refresh:string "
        "commit_replay_id_request:CommitReplayRequest"
    ),
    "ManagedFetchResponse": (
        "events:ConsumerEvent* latest_replay_id:bytes rpc_id:string pending_num_requested:int32 "
        "commit_response:CommitReplayResponse"
    ),
}
# Method: what it takes, what it answers, and whether both are streams.
METHODS = {
    "Subscribe": ("FetchRequest", "FetchResponse", True),
    "GetSchema": ("SchemaRequest", "SchemaInfo", False),
    "GetTopic": ("TopicRequest", "TopicInfo", False),
    "Publish": ("PublishRequest", "PublishResponse", False),
    "PublishStream": ("PublishRequest", "PublishResponse", True),
    "ManagedSubscribe": ("ManagedFetchRequest", "ManagedFetchResponse", True),
}
PLAIN = {
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
}


def _add_field(message: DescriptorProto, number: int, text: str) -> None:
    name, _, kind = text.partition(":")
    field = message.field.add(name=name, number=number)
    field.label = (
        FieldDescriptorProto.LABEL_REPEATED
        if kind.endswith("*")
        else FieldDescriptorProto.LABEL_OPTIONAL
    )
    kind = kind.rstrip("*")
    if kind in PLAIN:
        field.type = PLAIN[kind]
        return
    field.type = (
        FieldDescriptorProto.TYPE_ENUM if kind in ENUMS else FieldDescriptorProto.TYPE_MESSAGE
    )
    field.type_name = f".{PACKAGE}.{kind}"


def describe() -> FileDescriptorProto:
    """Return the description of the whole interface."""
    file = FileDescriptorProto(name="pubsub_api.proto", package=PACKAGE, syntax="proto3")
    for name, values in ENUMS.items():
        made = file.enum_type.add(name=name)
        for number, value in enumerate(values):
            made.value.add(name=value, number=number)
    for name, line in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, text in enumerate(line.split(), start=1):
            _add_field(message, number, text)
    service = file.service.add(name="PubSub")
    for name, (takes, answers, streams) in METHODS.items():
        method = service.method.add(name=name)
        method.input_type, method.output_type = f".{PACKAGE}.{takes}", f".{PACKAGE}.{answers}"
        if streams:
            method.client_streaming = method.server_streaming = True
    return file


def _classes() -> dict[str, Any]:
    # A pool of our own: a client in the same process may have described the same names.
    pool = DescriptorPool()
    pool.Add(describe())
    return {
        name: GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in MESSAGES
    }


TYPES = _classes()
