"""A client of the Pub/Sub interface, compiled from the public description."""

import importlib
import io
import json
import queue
import sys
from pathlib import Path

import pytest

from tests.crm_sync.orgs import OrgProcess, free_port

REASON = "the extra [pubsub] is not installed"
grpc = pytest.importorskip("grpc", reason=REASON)
fastavro = pytest.importorskip("fastavro", reason=REASON)
protoc = pytest.importorskip("grpc_tools.protoc", reason="grpcio-tools is not installed")
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stubs")
    options = [f"-I{HERE}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    assert protoc.main(["protoc", *options, str(HERE / "pubsub_api.proto")]) == 0
    sys.path.insert(0, str(folder))
    try:
        messages = importlib.import_module("pubsub_api_pb2")
        return messages, importlib.import_module("pubsub_api_pb2_grpc").PubSubStub
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def org_process(tmp_path_factory):
    events = free_port()
    process = OrgProcess(
        free_port(), tmp_path_factory.mktemp("pubsub"), options=("--pubsub-port", str(events))
    )
    process.events = f"127.0.0.1:{events}"
    yield process.start()
    process.stop()


@pytest.fixture
def org(org_process):
    org_process.reset()
    return org_process


@pytest.fixture
def client(org, stubs):
    with grpc.insecure_channel(org.events) as channel:
        yield Client(org, *stubs, channel)


class Client:
    """What a program does with the generated stubs."""

    def __init__(self, org, messages, stub, channel):
        self.org = org
        self.messages = messages
        self.stub = stub(channel)

    def headers(self, **changes):
        known = {
            "accesstoken": self.org.bearer()["Authorization"][7:],
            "instanceurl": self.org.url,
            "tenantid": self.org.query("SELECT Id FROM Organization")[0]["Id"],
        }
        return tuple({**known, **changes}.items())

    def topic(self, name):
        request = self.messages.TopicRequest(topic_name=name)
        return self.stub.GetTopic(request, metadata=self.headers())

    def schema(self, schema_id):
        request = self.messages.SchemaRequest(schema_id=schema_id)
        found = self.stub.GetSchema(request, metadata=self.headers())
        return json.loads(found.schema_json)

    def event(self, topic, event_id="", **values):
        schema_id = self.topic(topic).schema_id
        buffer = io.BytesIO()
        record = {"CreatedDate": 0, "CreatedById": "005", **values}
        fastavro.schemaless_writer(buffer, self.schema(schema_id), record)
        return self.messages.ProducerEvent(
            id=event_id, schema_id=schema_id, payload=buffer.getvalue()
        )

    def publish(self, topic, *events):
        request = self.messages.PublishRequest(topic_name=topic, events=events)
        return self.stub.Publish(request, metadata=self.headers())

    def subscribe(self, topic, number=100, **wishes):
        return Stream(
            self,
            self.messages.FetchRequest,
            "Subscribe",
            topic_name=topic,
            num_requested=number,
            **wishes,
        )

    def read(self, event):
        schema = self.schema(event.event.schema_id)
        return fastavro.schemaless_reader(io.BytesIO(event.event.payload), schema, None)


class Stream:
    """A stream in both directions."""

    def __init__(self, client, kind, method, **first):
        self.client = client
        self.kind = kind
        self.requests = queue.Queue()
        self.ask(**first)
        call = getattr(client.stub, method)
        self.answers = call(iter(self.requests.get, None), metadata=client.headers(), timeout=120)

    def ask(self, **facts):
        self.requests.put(self.kind(**facts))

    def next(self):
        return next(self.answers)

    def take(self, number):
        """The next events, however they are grouped."""
        found = []
        while len(found) < number:
            found += self.next().events
        return found

    def end(self):
        self.requests.put(None)

    def error(self):
        with pytest.raises(grpc.RpcError) as caught:
            for _answer in self.answers:
                pass
        return problem(caught.value)


def problem(error):
    """Status and code of the platform, after checking what every failure carries."""
    trailers = dict(error.trailing_metadata())
    assert trailers["rpc-id"] in error.details()
    code = trailers["error-code"]
    assert code.startswith("sfdc.platform.eventbus.grpc.")
    return error.code().name, code.removeprefix("sfdc.platform.eventbus.grpc.")
