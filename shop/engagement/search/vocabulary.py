"""Did you mean: words of the goods that look like what was typed."""

from collections.abc import Collection

from django.db.models import Count

from shop.engagement.search import words
from shop.engagement.search.models import VocabularyTrigram, VocabularyWord

CANDIDATES = 60
# A longer word may have more wrong letters and still be recognised.
LETTERS_PER_MISTAKE = 4
MOST_MISTAKES = 3


def learn(found: Collection[str]) -> None:
    """Add words that are not known yet, with their trigrams."""
    wanted = set(found)
    known = set(VocabularyWord.objects.filter(word__in=wanted).values_list("word", flat=True))
    new = sorted(wanted - known)
    if not new:
        return
    VocabularyWord.objects.bulk_create(
        [VocabularyWord(word=word) for word in new], batch_size=1000, ignore_conflicts=True
    )
    VocabularyTrigram.objects.bulk_create(
        [
            VocabularyTrigram(word=row, trigram=trigram)
            for row in VocabularyWord.objects.filter(word__in=new).order_by("pk")
            for trigram in sorted(words.trigrams(row.word))
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )


def corrections(asked: Collection[str]) -> dict[str, str]:
    """The unknown words of a question with the spelling that comes nearest to each."""
    unknown = [word for word in asked if not _is_known(word)]
    return {word: nearest for word in unknown if (nearest := _nearest(word))}


def _is_known(word: str) -> bool:
    return VocabularyWord.objects.filter(word__startswith=word).exists()


def _nearest(word: str) -> str:
    """The known word with the fewest letters wrong, few enough to be meant."""
    allowed = min(max(len(word) // LETTERS_PER_MISTAKE, 1), MOST_MISTAKES)
    rows = (
        VocabularyTrigram.objects.filter(trigram__in=words.trigrams(word))
        .values("word__word")
        .annotate(shared=Count("pk"))
        .order_by("-shared", "word__word")
        .values_list("word__word", flat=True)[:CANDIDATES]
    )
    ranked = sorted((distance(word, candidate), candidate) for candidate in rows)
    return ranked[0][1] if ranked and ranked[0][0] <= allowed else ""


def distance(one: str, other: str) -> int:
    """How many letters must be added, left out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, start=1):
        older, before, row = before, row, [line]
        for column, candidate in enumerate(other, start=1):
            cost = min(
                before[column] + 1,
                row[column - 1] + 1,
                before[column - 1] + (letter != candidate),
            )
            is_swap = (
                line > 1
                and column > 1
                and letter == other[column - 2]
                and one[line - 2] == candidate
            )
            row.append(min(cost, older[column - 2] + 1) if is_swap else cost)
    return row[-1]
