"""State tables as data: what may follow what, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field


class TransitionRefused(Exception):
    """The step is not allowed in the present state."""

    def __init__(self, workflow: str, state: str, event: str) -> None:
        super().__init__(f"{workflow}: {event} is not possible while {state}")
        self.workflow = workflow
        self.state = state
        self.event = event


class BrokenWorkflow(ValueError):
    """The table itself makes no sense."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step."""

    event: str
    sources: tuple[str, ...]
    target: str
    label: str = ""


@dataclass(frozen=True)
class Workflow:
    """All steps of one kind of record; the first source of the first step is where it starts."""

    name: str
    transitions: Sequence[Transition]
    start: str = ""
    _targets: dict[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a table with two answers or with states that nothing leads to."""
        if not self.transitions or not all(step.sources for step in self.transitions):
            raise BrokenWorkflow(f"{self.name}: a step needs a source")
        object.__setattr__(self, "transitions", tuple(self.transitions))
        object.__setattr__(self, "start", self.start or self.transitions[0].sources[0])
        targets: dict[tuple[str, str], str] = {}
        for step in self.transitions:
            for source in step.sources:
                if (source, step.event) in targets:
                    raise BrokenWorkflow(f"{self.name}: {step.event} from {source} is told twice")
                targets[source, step.event] = step.target
        object.__setattr__(self, "_targets", targets)
        unreachable = self.states - self._reachable()
        if unreachable:
            raise BrokenWorkflow(f"{self.name}: nothing leads to {', '.join(sorted(unreachable))}")

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        named = {self.start}
        for step in self.transitions:
            named.update(step.sources, (step.target,))
        return frozenset(named)

    def _reachable(self) -> set[str]:
        reached: set[str] = set()
        waiting = [self.start]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting.extend(step.target for step in self.allowed(state))
        return reached

    def target(self, state: str, event: str) -> str:
        """Answer the state that an event leads to, or refuse it."""
        try:
            return self._targets[state, event]
        except KeyError:
            raise TransitionRefused(self.name, state, event) from None

    def allows(self, state: str, event: str) -> bool:
        """Whether the event is possible in this state."""
        return (state, event) in self._targets

    def allowed(self, state: str) -> tuple[Transition, ...]:
        """Answer the steps that are possible in this state, in the table's order."""
        return tuple(step for step in self.transitions if state in step.sources)
