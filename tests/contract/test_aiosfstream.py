"""A CometD client in Python, installed for the occasion and started as it is."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.contract.packages import install_python

SCRIPT = Path(__file__).parent / "streaming_client.py"
ABSENT = "The channel you requested to subscribe to does not exist {/topic/None}"
pytestmark = [pytest.mark.contract, pytest.mark.slow]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python with the client installed; skips where that cannot be."""
    return install_python(tmp_path_factory.mktemp("python"), "aiosfstream-ng==0.7.5")


@pytest.mark.req("ORG-06")
def test_aiosfstream_hears_topics_and_events_and_goes_on_where_it_stopped(org, python):
    token = org.bearer()["Authorization"][7:]
    done = subprocess.run(
        [python, SCRIPT, org.url, token],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert {each["step"]: each["value"] for each in steps} == {
        "refused": ABSENT,
        "topic": ["created", "first"],
        "event": "k1",
        "resumed": "second",
        "all": ["first", "second"],
    }, done.stderr
