"""The description of the Pub/Sub interface, and what its streams do when nothing happens."""

import threading
from pathlib import Path

import pytest

from crm_sync.localorg.org import Org, Settings
from tests.crm_sync.orgs import free_port

REASON = "the extra [pubsub] is not installed"
grpc = pytest.importorskip("grpc", reason=REASON)
pytest.importorskip("fastavro", reason=REASON)
codec = pytest.importorskip("crm_sync.localorg.pubsub.codec", reason=REASON)
server = pytest.importorskip("crm_sync.localorg.pubsub.server", reason=REASON)
wire = pytest.importorskip("crm_sync.localorg.pubsub.wire", reason=REASON)

ROOT = Path(__file__).resolve().parents[3]
PROTO = ROOT / "tests" / "contract" / "pubsub" / "pubsub_api.proto"


@pytest.mark.req("ORG-06")
def test_the_interface_is_the_public_one(tmp_path):
    protoc = pytest.importorskip("grpc_tools.protoc", reason="grpcio-tools is not installed")
    descriptors = pytest.importorskip("google.protobuf.descriptor_pb2")
    target = tmp_path / "described"
    options = [f"-I{PROTO.parent}", f"--descriptor_set_out={target}", str(PROTO)]
    assert protoc.main(["protoc", *options]) == 0

    public = descriptors.FileDescriptorSet.FromString(target.read_bytes()).file[0]
    ours = wire.describe()

    for file in (public, ours):
        for message in file.message_type:
            for field in message.field:
                field.ClearField("json_name")
    for kind in ("message_type", "enum_type", "service"):
        mine = {each.name: each for each in getattr(ours, kind)}
        assert mine == {each.name: each for each in getattr(public, kind)}


@pytest.fixture
def stream(tmp_path):
    """A subscription to an org whose streams say something every fifth of a second."""
    org = Org(Settings(tmp_path / "org", ROOT / "crm_sync" / "metadata"))
    served, port = server.start(org, "127.0.0.1", free_port(), keepalive=0.2)
    session = org.sessions.open(org.user_id, "client", "api")
    headers = (
        ("accesstoken", session.token),
        ("instanceurl", "http://x"),
        ("tenantid", org.org_id),
    )
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.stream_stream(
            f"/{wire.SERVICE}/Subscribe",
            request_serializer=wire.TYPES["FetchRequest"].SerializeToString,
            response_deserializer=wire.TYPES["FetchResponse"].FromString,
        )
        heard = threading.Event()
        request = wire.TYPES["FetchRequest"](topic_name="/event/Large_Order__e", num_requested=5)

        def requests():
            yield request
            heard.wait()

        yield org, call(requests(), metadata=headers, timeout=120)
        heard.set()
    served.stop(0)
    org.close()


@pytest.mark.req("ORG-06")
def test_a_quiet_stream_is_kept_alive_with_the_latest_replay_id(stream):
    org, answers = stream
    first = next(answers)
    with org.store.write() as connection:
        replay = org.events.append(connection, "/event/Other__e", {})
    later = next(answers)
    while later.latest_replay_id == first.latest_replay_id:
        later = next(answers)

    assert list(first.events) == []
    assert first.pending_num_requested == 5
    assert codec.replay_number(later.latest_replay_id) == replay


@pytest.mark.parametrize(
    ("places", "text"), [([0], "0x01"), ([1, 3], "0x0A"), ([8], "0x0100"), ([0, 16], "0x010001")]
)
def test_a_bitmap_has_a_bit_for_every_place(places, text):
    assert codec.bitmap(places) == text


@pytest.mark.req("ORG-06")
def test_who_asks_for_encryption_trusts_the_certificate_of_the_org(tmp_path):
    org = Org(Settings(tmp_path / "org", ROOT / "crm_sync" / "metadata"))
    session = org.sessions.open(org.user_id, "client", "api")
    headers = (
        ("accesstoken", session.token),
        ("instanceurl", "https://x"),
        ("tenantid", org.org_id),
    )
    path = org.settings.folder / "pubsub_certificate.pem"
    certificates = []
    for _start in range(2):
        served, port = server.start(org, "127.0.0.1", free_port(), encrypted=True)
        certificates.append(path.read_bytes())
        trusted = grpc.ssl_channel_credentials(certificates[-1])
        with grpc.secure_channel(f"localhost:{port}", trusted) as channel:
            ask = channel.unary_unary(
                f"/{wire.SERVICE}/GetTopic",
                wire.TYPES["TopicRequest"].SerializeToString,
                wire.TYPES["TopicInfo"].FromString,
            )
            wish = wire.TYPES["TopicRequest"](topic_name="/event/Large_Order__e")
            found = ask(wish, metadata=headers, timeout=20, wait_for_ready=True)
        served.stop(None).wait()
        assert found.can_publish
    org.close()

    assert certificates[0] == certificates[1]
    assert (path.parent / "pubsub_private.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.req("ORG-06")
def test_channels_that_are_records_are_no_topics_here(tmp_path):
    org = Org(Settings(tmp_path / "org", ROOT / "crm_sync" / "metadata"))

    assert org.channels.find("/topic/Big") is org.channels.find("/u/any") is None
    assert org.channels.find("/data/PushTopicChangeEvent") is None
    org.close()
