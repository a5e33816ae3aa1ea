import json
import socket
import stat
from pathlib import Path

import pytest

from scripts import run


@pytest.fixture
def plan(tmp_path):
    return run.Plan("127.0.0.1", 18191, 18192, tmp_path, "small")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DEMO": "huge"}, "full, small, empty"),
        ({"PORT": "eight"}, "must be numbers"),
        ({"ORG_PORT": "80x"}, "must be numbers"),
    ],
)
def test_a_wrong_variable_is_named(environment, words):
    with pytest.raises(run.CannotStart, match=words):
        run.read_plan(environment)


def test_nothing_has_to_be_set():
    plan = run.read_plan({})

    assert (plan.web_url, plan.org_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:8001")
    assert plan.var == run.ROOT / "var"
    assert plan.size == "full"


def test_a_taken_port_is_named_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(run.CannotStart, match=f"port {port} is taken; set ORG_PORT"):
            run.require_free("127.0.0.1", port, "ORG_PORT")


def test_two_runs_never_share_a_folder(tmp_path):
    first = run.lock(tmp_path)

    with pytest.raises(run.CannotStart, match="another run"):
        run.lock(tmp_path)

    first.close()
    run.lock(tmp_path).close()


@pytest.mark.req("SEC-09")
def test_secrets_are_random_private_and_drawn_once(tmp_path):
    one, other = tmp_path / "one.env", tmp_path / "other.env"
    run.write_secrets(one)
    run.write_secrets(other)
    before = one.read_text()

    run.write_secrets(one)

    assert one.read_text() == before
    assert one.read_text() != other.read_text()
    assert stat.S_IMODE(one.stat().st_mode) == 0o600


def test_demo_json_names_this_run_and_keeps_the_sign_ins(plan):
    (plan.var / "org").mkdir()
    client = {"client_id": "c", "client_secret": "s", "username": "u", "password": "p"}
    known = {**client, "jwt_private_key": "for the org alone"}
    (plan.var / "org" / "credentials.json").write_text(json.dumps(known))
    accounts = {"admin": {"email": "admin@example.com", "password": "p"}}
    (plan.var / "demo.json").write_text(json.dumps({"web": "old", "accounts": accounts}))

    path = run.publish_demo(plan)

    assert json.loads(path.read_text()) == {
        "web": "http://127.0.0.1:18191",
        "org": "http://127.0.0.1:18192",
        "accounts": accounts,
        "org_client": client,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_org_that_the_user_named_is_not_replaced(plan, monkeypatch):
    monkeypatch.setenv("SALESFORCE_LOGIN_URL", "https://login.example.com")

    assert run.salesforce_environment(plan) == {}


def test_what_is_exported_wins_over_the_defaults_of_a_run(plan, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "shop.example.com")
    monkeypatch.setenv("VAR_DIR", "/elsewhere")

    environment = run.child_environment(plan)

    assert environment["ALLOWED_HOSTS"] == "shop.example.com"
    assert environment["VAR_DIR"] == str(plan.var)


@pytest.mark.req("OPS-04")
def test_each_run_begins_with_an_empty_folder_that_its_processes_count_in(plan):
    folder = Path(run.child_environment(plan)["PROMETHEUS_MULTIPROC_DIR"])
    run.make_room_for_figures(plan)
    (folder / "counter_1.db").write_bytes(b"of a run before")

    run.make_room_for_figures(plan)

    assert folder.parent == plan.var
    assert list(folder.iterdir()) == []
