"""What a deploy was asked for, and what became of it."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crm_sync.localorg.metadata_api.package import Package
from crm_sync.localorg.schema import xml

TESTS = frozenset(("RunSpecifiedTests", "RunLocalTests", "RunAllTestsInOrg", "RunRelevantTests"))


@dataclass(frozen=True, slots=True)
class Options:
    """How a deploy goes about its work."""

    check_only: bool = False
    rollback: bool = True
    ignore_warnings: bool = False
    allow_missing: bool = False
    test_level: str = ""

    @classmethod
    def of_json(cls, wish: dict[str, Any]) -> "Options":
        """Read the options of a REST deploy."""
        return cls(
            check_only=wish.get("checkOnly") is True,
            rollback=wish.get("rollbackOnError") is not False,
            ignore_warnings=wish.get("ignoreWarnings") is True,
            allow_missing=wish.get("allowMissingFiles") is True,
            test_level=str(wish.get("testLevel") or ""),
        )

    @classmethod
    def of_element(cls, wish: etree._Element | None) -> "Options":
        """Read the options of a SOAP deploy."""
        if wish is None:
            return cls()
        return cls(
            check_only=xml.flag(wish, "checkOnly"),
            rollback=xml.flag(wish, "rollbackOnError", default=True),
            ignore_warnings=xml.flag(wish, "ignoreWarnings"),
            allow_missing=xml.flag(wish, "allowMissingFiles"),
            test_level=xml.text(wish, "testLevel"),
        )


@dataclass(slots=True)
class Outcome:
    """What became of one component."""

    kind: str
    name: str
    file: str
    problem: str = ""
    created: bool = False
    deleted: bool = False
    is_warning: bool = False
    is_same: bool = False
    place: tuple[int, int] | None = None


@dataclass(slots=True)
class Deploy:
    """One deploy with its outcome."""

    id: str
    options: Options
    created: str
    user_id: str = ""
    finished: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    package: Package | None = None
    is_kept: bool = False
    asked: int = 0

    def is_failure(self, outcome: Outcome) -> bool:
        """Say whether an outcome counts against the deploy; warnings do unless ignored."""
        tolerated = outcome.is_warning and self.options.ignore_warnings
        return bool(outcome.problem) and not tolerated

    @property
    def failures(self) -> list[Outcome]:
        """Return the components that were refused."""
        return [each for each in self.outcomes if self.is_failure(each)]

    @property
    def status(self) -> str:
        """Return the state that a client reads; it sees the work waiting once."""
        if self.asked < 1:
            return "Pending"
        if not self.failures:
            return "Succeeded"
        return "SucceededPartial" if self.is_kept else "Failed"
