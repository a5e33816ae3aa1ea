"""Business settings of the store itself."""

import re

from babel.numbers import is_currency

from shop.core.options import CHOICE, INT, TEXT, Option, register
from shop.directory.organization import calendars

COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


def _color_problem(value: str) -> str:
    return "" if COLOR.fullmatch(value) else "write it as # and six hexadecimal digits"


def _currency_problem(value: str) -> str:
    return "" if is_currency(value) else "write the three letters of a currency, such as INR"


register(
    Option("store.name", TEXT, "Modern Store", help="The name that customers see."),
    Option(
        "store.address",
        TEXT,
        "Madanapalle 517325, Andhra Pradesh, India",
        help="The address in one line, as pages and mails show it.",
    ),
    Option("store.locale", CHOICE, "en-IN", choices=("en-IN",), help="How figures are written."),
    Option("store.language", CHOICE, "en", choices=("en",), help="The language of the pages."),
    Option("store.currency", TEXT, "INR", check=_currency_problem, help="The store's currency."),
    Option("store.brand_color", TEXT, "#0070D2", check=_color_problem, help="The highlight color."),
    Option(
        "store.fiscal_year_start",
        INT,
        1,
        minimum=1,
        maximum=12,
        help="The month in which the fiscal year begins.",
    ),
    Option(
        "store.fiscal_year_named_after",
        CHOICE,
        "ending",
        choices=("ending", "starting"),
        help="Whether a fiscal year is called by the year in which it ends or starts.",
    ),
    Option(
        "hours.default",
        TEXT,
        "Mon-Sat 09:00-18:00",
        check=calendars.hours_problem,
        help="Working hours, such as Mon-Fri 09:00-17:30, Sat 10:00-14:00; other days are free.",
    ),
    Option(
        "hours.holidays",
        TEXT,
        "01-26 Republic Day, 08-15 Independence Day, 10-02 Gandhi Jayanti",
        check=calendars.holidays_problem,
        help="Holidays of every year, as month-day and name; dated ones have a list of their own.",
    ),
)
