"""Who looks at reports, and who bought."""

import pytest

from tests.factories.customers import StaffFactory
from tests.factories.orders import registered_customer


@pytest.fixture
def manager(client):
    user = StaffFactory(role="Manager")
    client.force_login(user)
    return client


@pytest.fixture
def buyer():
    return registered_customer()
