import dataclasses

import pytest

from shop.directory.geography import gstin, india
from shop.directory.geography.addresses import PostalAddress
from tests.factories.customers import MADANAPALLE


def _changed(**values):
    return dataclasses.replace(MADANAPALLE, **values)


def test_a_good_address_has_no_problems():
    assert MADANAPALLE.problems() == {}


@pytest.mark.req("ACC-12")
@pytest.mark.parametrize("pin", ["51732", "5173255", "017325", "51732a", "", "५१७३२५", "517 325"])
def test_a_pin_code_without_six_digits_is_refused(pin):
    assert list(_changed(postal_code=pin).problems()) == ["postal_code"]


@pytest.mark.req("ACC-12")
@pytest.mark.parametrize("state", ["", "XX", "Andhra Pradesh", "ap"])
def test_an_unknown_indian_state_is_refused(state):
    assert _changed(state=state).problems() == {"state": "Choose a state."}


@pytest.mark.parametrize("field", ["full_name", "line1", "city"])
def test_what_is_missing_is_named(field):
    assert list(_changed(**{field: "  "}).problems()) == [field]


@pytest.mark.parametrize("phone", ["12", "hello", "+91 98480"])
def test_a_phone_number_with_too_few_digits_is_refused(phone):
    assert list(_changed(phone=phone).problems()) == ["phone"]
    assert _changed(phone="").problems() == {}


def test_ten_megabytes_in_a_field_are_refused_by_name():
    problems = _changed(line1="x" * 10_000_000).problems()

    assert problems == {"line1": "Use at most 200 characters."}


@pytest.mark.req("ACC-12")
@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"country": "US", "state": "CA", "postal_code": "94105", "city": "San Francisco"}, []),
        ({"country": "US", "state": "CA", "postal_code": "9410", "city": "X"}, ["postal_code"]),
        ({"country": "US", "state": "", "postal_code": "94105", "city": "X"}, ["state"]),
        ({"country": "GB", "state": "", "postal_code": "SW1A 1AA", "city": "London"}, []),
        ({"country": "ZZ", "state": "", "postal_code": "1", "city": "X"}, ["country"]),
    ],
)
def test_other_countries_have_their_own_rules(values, fields):
    assert list(_changed(phone="", **values).problems()) == fields


def test_stray_blanks_and_state_names_are_tidied():
    address = _changed(
        full_name=" Ravi   Kumar ", state="andhra  pradesh", postal_code="517 325", country="in"
    ).tidied()

    assert address == MADANAPALLE


def test_an_address_is_written_as_on_a_parcel():
    assert MADANAPALLE.lines() == [
        "Ravi Kumar",
        "12 Society Colony",
        "Madanapalle 517325",
        "Andhra Pradesh",
    ]
    assert _changed(country="GB", state="", city="London").lines()[-1] == "United Kingdom"


def test_an_address_survives_storage():
    assert PostalAddress.from_dict(MADANAPALLE.to_dict()) == MADANAPALLE
    assert PostalAddress.from_dict({}).country == "IN"


@pytest.mark.parametrize(
    ("text", "code"),
    [("Orissa", "OD"), ("TELANGANA", "TS"), ("37", "AP"), ("tg", "TS"), ("Pondicherry", "PY")],
)
def test_old_and_new_names_of_a_state_mean_the_same(text, code):
    assert india.find_state(text).code == code


def test_every_state_has_its_own_codes_and_a_region():
    assert len(india.STATES) == 36
    assert len({state.code for state in india.STATES}) == 36
    assert len({state.gst_code for state in india.STATES}) == 36
    assert {state.region for state in india.STATES} == set(india.REGIONS)


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("27AAPFU0939F1ZV", True),
        ("27AAPFU0939F1ZW", False),
        ("27AAPFU0939F1Z", False),
        ("27aapfu0939f1zv", False),
        ("", False),
    ],
)
def test_a_gstin_is_checked_by_its_last_character(number, is_valid):
    assert gstin.is_valid(number) is is_valid
