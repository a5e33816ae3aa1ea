"""A NUL byte is turned away at the door, whatever the database would have said."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/p/a%00b/", "/c/a%00b/", "/orders/%00/thanks/"])
def test_a_name_with_a_nul_byte_is_not_there(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/search/?q=a%00b", "/?x=%00", "/search/?%00=1", "/reports/?period=%00"]
)
def test_a_filter_with_a_nul_byte_is_a_broken_request(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/cart/add/", "/orders/track/", "/account/login/"])
def test_a_form_with_a_nul_byte_is_a_broken_request(client, path):
    assert client.post(path, {"sku": "a\0b", "email": "a", "login": "a"}).status_code == 400
