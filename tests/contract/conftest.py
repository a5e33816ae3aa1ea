"""Real clients, unchanged, against one running org."""

from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from tests.crm_sync.orgs import OrgProcess, free_port


class Loopback(HTTPAdapter):
    """Sends what a client wants over https to the org's plain http."""

    def __init__(self, url):
        super().__init__()
        self.target = urlsplit(url)

    def send(self, request, **options):
        parts = urlsplit(request.url)
        request.url = parts._replace(scheme="http", netloc=self.target.netloc).geturl()
        return super().send(request, **options)


@pytest.fixture(scope="session")
def org_process(tmp_path_factory):
    process = OrgProcess(free_port(), tmp_path_factory.mktemp("contract")).start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def password_org(tmp_path_factory):
    """An org that still lets people in by password."""
    folder = tmp_path_factory.mktemp("password")
    process = OrgProcess(free_port(), folder, options=("--allow-password",)).start()
    yield process
    process.stop()


@pytest.fixture
def org(org_process):
    org_process.reset()
    return org_process


@pytest.fixture
def session(org):
    made = requests.Session()
    made.mount("https://", Loopback(org.url))
    return made


@pytest.fixture
def client(org, session):
    return Salesforce(
        instance_url=org.url,
        session_id=org.bearer()["Authorization"][7:],
        version="67.0",
        session=session,
    )
