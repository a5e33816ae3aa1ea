"""The customers of the demo store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from shop.directory.customers import imports as customers
from shop.directory.geography.addresses import PostalAddress
from shop.platform.operations.demo.places import CITIES, FIRST_NAMES, LAST_NAMES
from shop.platform.operations.demo.sizes import Size

_COMPANY_EVERY = 25


@dataclass(frozen=True)
class Person:
    """A customer as drawn: who, where, and how keen to buy."""

    full_name: str
    email: str
    phone: str
    company_name: str
    address: PostalAddress
    keenness: float


def draw_people(size: Size, random: Random) -> list[Person]:
    """Draw the customers: the same ones for the same start number."""
    weights = [city.weight for city in CITIES]
    return [_person(number, random, weights) for number in range(1, size.customers + 1)]


def _person(number: int, random: Random, weights: list[int]) -> Person:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    city = random.choices(CITIES, weights)[0]
    phone = f"+91 {random.choice('6789')}{random.randrange(10**9):09d}"
    name = f"{first} {last}"
    company = f"{last} Traders" if number % _COMPANY_EVERY == 0 else ""
    return Person(
        full_name=name,
        email=f"{first}.{last}.{number}@example.com".lower(),
        phone=phone,
        company_name=company,
        address=PostalAddress(
            full_name=name,
            phone=phone,
            line1=f"{random.randrange(1, 240)}, {random.choice(city.streets)}",
            line2="",
            city=city.name,
            state=city.state,
            postal_code=city.postal_code,
        ),
        # A few people buy again and again, most once or twice.
        keenness=random.paretovariate(1.2),
    )


def load_people(people: list[Person], *, now: datetime) -> Mapping[str, int]:
    """Write the customers and answer their rows by e-mail."""
    result = customers.import_customers(
        rows=[
            customers.CustomerData(
                full_name=person.full_name,
                email=person.email,
                phone=person.phone,
                company_name=person.company_name,
                country="IN",
                source="demo",
                address=person.address.to_dict(),
            )
            for person in people
        ],
        now=now,
        is_synced=True,
    )
    return {email: pk for (_, email), pk in result.ids.items()}
