import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from shop.core import options
from shop.core.actors import Actor, correlation_id
from shop.core.middleware import RequestContextMiddleware


@pytest.mark.django_db
def test_everything_in_a_request_carries_its_id_and_one_reading_of_the_settings(
    django_assert_num_queries,
):
    seen = []

    def page(request):
        options.value("store.name")
        options.value("store.currency")
        seen.append(Actor(kind="GUEST").thread_id())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.correlation_id = "CLICK1"
    with django_assert_num_queries(1):
        RequestContextMiddleware(page)(request)

    assert seen == ["CLICK1"]
    assert correlation_id() == ""


def test_an_actor_with_an_id_of_its_own_keeps_it():
    assert Actor(kind="CRM", correlation_id="PUSH1").thread_id() == "PUSH1"
