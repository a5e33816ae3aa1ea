from dataclasses import dataclass, field

import pytest
from django.db import transaction

from shop.core import commits


@dataclass(eq=False)
class Notes(commits.Gathering):
    """Gathers words, and says them at the commit."""

    words: list[str] = field(default_factory=list)

    def committed(self):
        said.append(self.words)


said: list[list[str]] = []


@pytest.fixture(autouse=True)
def _silence():
    said.clear()


def note(word):
    commits.gather(Notes).words.append(word)


@transaction.atomic
def note_in_vain(word):
    """Note a word in a savepoint, then fail."""
    note(word)
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_what_one_transaction_gathers_comes_out_once():
    with transaction.atomic():
        note("a")
        with transaction.atomic(savepoint=False):
            note("b")
        note("c")

    assert said == [["a", "b", "c"]]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_takes_along_only_what_was_gathered_in_it():
    with transaction.atomic():
        note("a")
        with pytest.raises(ZeroDivisionError):
            note_in_vain("b")
        with transaction.atomic():
            note("c")
        standing = [hook.words for hook in commits.standing(Notes)]

    assert standing == [["a"], ["c"]]
    assert said == [["a"], ["c"]]
