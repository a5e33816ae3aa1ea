"""What stops an org from starting is said in one sentence, and harms nothing."""

import json
import os
import subprocess
import sys

import pytest
import requests

from tests.crm_sync.orgs import ROOT, OrgProcess, free_port

NO_NAME = json.dumps({"records": [{"attributes": {"type": "Account"}}]})
NAMED = json.dumps({"records": [{"attributes": {"type": "Account"}, "Name": "Acme"}]})


def start(*options):
    """Start an org that is not expected to come up."""
    command = [sys.executable, "-m", "crm_sync.localorg", "--port", str(free_port())]
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    found = subprocess.run(
        [*command, *map(str, options)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in found.stderr, found.stderr
    assert found.returncode == 1
    return found.stderr


def a_file(folder):
    (folder / "data").write_text("no folder")


def a_broken_database(folder):
    (folder / "data").mkdir()
    (folder / "data" / "org.sqlite3").write_bytes(bytes(range(256)) * 40)


def broken_credentials(folder):
    (folder / "data").mkdir()
    (folder / "data" / "credentials.json").write_text("{no")


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize("make", [a_file, a_broken_database, broken_credentials])
def test_a_folder_that_is_no_org_is_named(tmp_path, make):
    make(tmp_path)

    assert f"{tmp_path / 'data'} cannot be opened" in start("--data", tmp_path / "data")


@pytest.mark.req("ORG-11")
def test_a_second_process_is_kept_away_from_the_same_folder(tmp_path):
    first = OrgProcess(free_port(), tmp_path / "data").start()
    try:
        refused = start("--data", tmp_path / "data")
        assert f"is served already, by process {first.process.pid}" in refused
        assert first.create("Account", Name="Acme")
        first.process.kill()
        first.process.wait()
        assert len(first.start().query("SELECT Id FROM Account")) == 1
    finally:
        first.stop()


@pytest.mark.req("ORG-11")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (NO_NAME, "REQUIRED_FIELD_MISSING"),
        ('{"recs": []}', "has a list of records"),
        ("nope", "no JSON"),
        (None, "no such file"),
    ],
)
def test_sample_data_that_cannot_be_loaded_is_loaded_the_next_time(tmp_path, content, reason):
    seed = tmp_path / "seed.json"
    if content is not None:
        seed.write_text(content)

    refused = start("--data", tmp_path / "data", "--seed", seed)

    assert reason in refused
    assert str(seed) in refused
    seed.write_text(NAMED)
    org = OrgProcess(free_port(), tmp_path / "data", options=("--seed", str(seed))).start()
    try:
        assert org.query("SELECT Name FROM Account") == [{"Name": "Acme"}]
        org.reset()
        assert org.query("SELECT Name FROM Account") == [{"Name": "Acme"}]
    finally:
        org.stop()


@pytest.mark.req("ORG-12")
def test_broken_metadata_is_named(tmp_path):
    bad = tmp_path / "objects" / "X__c" / "X__c.object-meta.xml"
    bad.parent.mkdir(parents=True)
    bad.write_text("<broken")

    refused = start("--data", tmp_path / "data", "--metadata", tmp_path)

    assert str(bad) in refused


def test_an_unknown_time_zone_is_named(tmp_path):
    assert "Nowhere/X" in start("--data", tmp_path / "data", "--timezone", "Nowhere/X")


@pytest.mark.req("ORG-01")
def test_a_port_in_use_is_named(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "a").start()
    try:
        refused = start("--data", tmp_path / "b", "--port", org.port)
        assert f"Port {org.port} cannot be opened" in refused
        assert requests.get(org.url, timeout=10).status_code == 200
    finally:
        org.stop()
