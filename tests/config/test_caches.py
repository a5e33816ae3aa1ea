"""What a process remembers for a moment."""

import pytest

from config.caches import ObjectMemory, configure


@pytest.fixture
def memory():
    cache = ObjectMemory("test-objects", {"OPTIONS": {"MAX_ENTRIES": 3}})
    yield cache
    cache.clear()


def test_everybody_gets_the_very_object_that_was_kept(memory):
    kept = (object(),)

    memory.set("menu", kept)

    assert memory.get("menu") is kept
    assert memory.get("unknown", "nothing") == "nothing"


def test_what_is_too_old_is_forgotten(memory):
    memory.set("menu", "old", timeout=0)

    assert memory.get("menu") is None
    assert memory.add("menu", "new") is True
    assert memory.add("menu", "later") is False
    assert memory.get("menu") == "new"


def test_no_more_is_kept_than_allowed(memory):
    for number in range(20):
        memory.set(f"page {number}".replace(" ", "-"), number)

    kept = [number for number in range(20) if memory.get(f"page-{number}") is not None]
    assert len(kept) <= 3
    assert 19 in kept


def test_processes_share_a_table_unless_there_is_a_redis():
    assert configure("")["default"]["LOCATION"] == "cache"
    assert configure("redis://127.0.0.1/0")["default"]["LOCATION"] == "redis://127.0.0.1/0"
    assert configure("")["fragments"] == configure("redis://127.0.0.1/0")["fragments"]
