import re
from datetime import UTC, datetime

from shop.core.keys import new_key, new_order_number


def test_keys_are_sortable_and_never_repeat():
    keys = [new_key() for _ in range(2000)]

    assert len(set(keys)) == 2000
    assert all(re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", key) for key in keys)
    assert keys[0][:8] <= keys[-1][:8]


def test_an_order_number_carries_the_day_in_the_store():
    number = new_order_number(datetime(2026, 3, 14, 20, 0, tzinfo=UTC))

    assert re.fullmatch(r"260315-[0-9A-HJKMNP-TV-Z]{6}", number)
