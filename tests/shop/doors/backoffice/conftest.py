"""Staff who look at pages of the back office."""

import pytest

from tests.factories.customers import StaffFactory


@pytest.fixture
def root(client):
    """A superuser at the desk."""
    client.force_login(StaffFactory(is_superuser=True))
    return client


@pytest.fixture
def at_desk(client):
    """Somebody with one role, signed in: `at_desk("Manager")`."""

    def sign_in(role):
        user = StaffFactory(role=role)
        client.force_login(user)
        return user

    return sign_in
