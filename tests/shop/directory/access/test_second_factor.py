import pytest

from shop.core import options
from shop.core.options import InvalidOption
from shop.directory.access import policies
from tests.factories.core import NOW, STAFF_ACTOR
from tests.factories.customers import StaffFactory, UserFactory, enrol

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]
ENROLMENT = "/account/2fa/"
PLACES = ("/admin/", "/", "/cart/", "/account/", "/account/password/change/")


@pytest.fixture
def staff(client):
    """A signed-in member of the staff who has no second factor yet."""
    user = StaffFactory(role="Manager", second_factor=False)
    client.force_login(user)
    return user


@pytest.fixture
def demo_store(settings):
    """What `make run` starts."""
    settings.DEMO = "small"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]


@pytest.mark.parametrize("place", PLACES)
def test_staff_without_a_second_factor_reach_only_the_enrolment_page(client, staff, place):
    response = client.get(place)

    assert response.status_code == 302
    assert response["Location"].startswith(f"{ENROLMENT}?next=")
    posted = client.post(place)
    assert (posted.status_code, posted["Location"]) == (302, ENROLMENT)


def test_the_enrolment_page_and_the_way_out_are_open(client, staff):
    assert client.get(ENROLMENT).status_code == 200
    activation = client.get("/account/2fa/totp/activate/")
    assert activation.status_code == 200 or activation["Location"].startswith("/account/reauth")
    client.post("/account/logout/")
    assert "_auth_user_id" not in client.session


def test_programs_and_fragments_are_refused_in_their_own_way(client, staff):
    fragment = client.get("/cart/", headers={"HX-Request": "true"})

    assert fragment.status_code == 204
    assert fragment["HX-Redirect"].startswith(ENROLMENT)


def test_a_superuser_is_no_exception(client):
    client.force_login(UserFactory(is_superuser=True))

    assert client.get("/cart/")["Location"].startswith(ENROLMENT)


def test_staff_with_a_second_factor_go_to_work(client, staff):
    enrol(staff)

    assert client.get("/cart/").status_code == 200


def test_customers_need_none(client):
    client.force_login(UserFactory())

    assert client.get("/cart/").status_code == 200


def test_the_demo_store_may_do_without(client, staff, demo_store):
    options.set_value("security.staff_mfa", "optional", STAFF_ACTOR, NOW)

    assert client.get("/cart/", headers={"host": "localhost"}).status_code == 200
    assert not policies.is_second_factor_required()


def test_the_demo_store_asks_for_it_until_told_otherwise(client, staff, demo_store):
    response = client.get("/cart/", headers={"host": "localhost"})

    assert response["Location"].startswith(ENROLMENT)


@pytest.mark.parametrize("demo", ["", "empty"])
def test_no_other_store_can_make_it_optional(settings, demo):
    settings.DEMO = demo

    with pytest.raises(InvalidOption):
        options.set_value("security.staff_mfa", "optional", STAFF_ACTOR, NOW)

    assert policies.is_second_factor_required()


def test_a_demo_store_that_others_can_reach_needs_it_again(settings, demo_store):
    options.set_value("security.staff_mfa", "optional", STAFF_ACTOR, NOW)

    settings.ALLOWED_HOSTS = ["localhost", "store.example.com"]

    assert policies.is_second_factor_required()
