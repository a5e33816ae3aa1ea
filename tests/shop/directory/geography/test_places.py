import dataclasses

import pytest

from shop.directory.geography import selectors, services
from shop.directory.geography.models import CityAlias, PostalCode, Region, State
from tests.factories.customers import MADANAPALLE
from tests.factories.geography import load_places

pytestmark = pytest.mark.django_db


@pytest.mark.req("ACC-12")
def test_pin_517325_proposes_andhra_pradesh():
    load_places()

    place = selectors.find_postal_code("517325")

    assert (place.city, place.district) == ("Madanapalle", "Annamayya")
    assert (place.state_code, place.state_name) == ("AP", "Andhra Pradesh")
    assert place.point == (13.55405, 78.50168)


@pytest.mark.parametrize(
    ("pin", "city"),
    [
        ("560001", "Bengaluru"),
        ("560034", "Bengaluru"),
        ("700001", "Kolkata"),
        ("122001", "Gurugram"),
    ],
)
def test_a_pin_code_proposes_the_town_as_people_write_it(pin, city):
    load_places()

    assert selectors.find_postal_code(pin).city == city


def test_an_army_pin_code_proposes_no_state():
    load_places()

    place = selectors.find_postal_code("900056")

    assert (place.state_code, place.point) == ("", None)


def test_an_unknown_pin_code_proposes_nothing():
    load_places()

    assert selectors.find_postal_code("517999") is None
    assert selectors.find_postal_code("51732") is None


def test_loading_again_changes_nothing():
    load_places()
    before = list(PostalCode.objects.order_by("pk").values())

    report = load_places()

    assert (report.states, report.postal_codes) == (36, 6)
    assert list(PostalCode.objects.order_by("pk").values()) == before


def test_the_file_of_the_product_fits():
    report = services.load_india_files()

    assert (report.states, report.postal_codes) == (36, 19_586)
    assert selectors.find_postal_code("400050").city == "Mumbai"
    assert selectors.find_postal_code("517325").city == "Madanapalle"
    assert PostalCode.objects.filter(state=None).count() == 82


@pytest.mark.req("ACC-12")
def test_a_pin_code_of_another_state_is_noticed():
    load_places()

    problems = selectors.address_problems(dataclasses.replace(MADANAPALLE, state="KA"))

    assert problems == {"state": "PIN code 517325 is in Andhra Pradesh."}
    assert selectors.address_problems(MADANAPALLE) == {}


def test_a_region_is_the_ready_one_until_staff_choose_another():
    assert selectors.region_of("IN", "AP") == "South"
    assert selectors.region_of("GB", "") == "International"
    assert selectors.region_of("IN", "XX") == "Unknown"
    load_places()

    State.objects.filter(code="AP").update(region=Region.objects.get(code="central"))
    load_places()

    assert selectors.region_of("IN", "AP") == "Central"


def test_a_city_has_one_name():
    CityAlias.objects.create(alias="madanapalli", city="Madanapalle")

    assert selectors.canonical_city(" bangalore ") == "Bengaluru"
    assert selectors.canonical_city("Madanapalli") == "Madanapalle"
    assert selectors.canonical_city("NAVI MUMBAI") == "Navi Mumbai"
    assert selectors.canonical_city("McLeod Ganj") == "McLeod Ganj"


@pytest.mark.req("REP-04")
@pytest.mark.parametrize(
    ("typed", "code", "name"),
    [
        ("Bangaluru", "560001", "Bengaluru"),
        ("bengalore", "560001", "Bengaluru"),
        ("Kolkatta", "700001", "Kolkata"),
        ("Kolkata City", "700001", "Kolkata"),
        ("Whitefield", "560001", "Whitefield"),
        ("Bangaluru", "999999", "Bangaluru"),
        ("Bangaluru", "", "Bangaluru"),
        ("", "560001", ""),
    ],
)
def test_the_postal_code_mends_the_spelling_of_its_place(typed, code, name):
    load_places()

    assert selectors.canonical_city(typed, code) == name


def test_states_are_offered_by_name():
    choices = selectors.state_choices()

    assert choices[0] == ("AN", "Andaman and Nicobar Islands")
    assert ("TS", "Telangana") in choices
    assert ("CA", "California") in selectors.state_choices("US")
    assert selectors.state_choices("ZZ") == []


def test_a_distance_is_measured_over_the_globe():
    bengaluru, chennai = (12.98099, 77.59138), (13.09577, 80.28423)

    assert round(selectors.distance_km(bengaluru, chennai)) == 292
    assert selectors.distance_km(chennai, chennai) == 0
