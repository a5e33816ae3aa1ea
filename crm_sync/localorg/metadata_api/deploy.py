"""Carrying a deploy out: try the new schema, then keep it."""

from dataclasses import dataclass, field

from crm_sync.localorg import clock, seed
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula import calculated
from crm_sync.localorg.formula.values import FormulaError
from crm_sync.localorg.metadata_api.package import Package, read
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.validation import compiled
from crm_sync.localorg.schema import build
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component


@dataclass(slots=True)
class Outcome:
    """What became of one component."""

    kind: str
    name: str
    file: str
    problem: str = ""
    created: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Deploy:
    """One deploy with its outcome."""

    id: str
    check_only: bool
    created: str
    finished: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    asked: int = 0

    @property
    def failures(self) -> list[Outcome]:
        """Return the components that were refused."""
        return [each for each in self.outcomes if each.problem]

    @property
    def status(self) -> str:
        """Return the state that a client reads; it sees the work going on once."""
        if self.asked < 1:
            return "InProgress"
        return "Failed" if self.failures else "Succeeded"


def _check_rules(schema: Schema) -> list[tuple[str, str]]:
    """Return the validation rules whose formulas cannot be read."""
    problems = []
    for owner in schema.objects.values():
        for rule in owner.rules.values():
            try:
                compiled(rule.formula)
            except FormulaError as error:
                problems.append((f"{owner.name}.{rule.name}", str(error)))
    return problems


def _check_references(schema: Schema) -> list[tuple[str, str]]:
    problems = []
    for owner in schema.objects.values():
        for one in owner.fields.values():
            missing = [name for name in one.refers if schema.find(name) is None]
            if missing and one.custom:
                problems.append((f"{owner.name}.{one.name}", f"{missing[0]} does not exist"))
    return problems


def _check_formulas(schema: Schema) -> list[tuple[str, str]]:
    """Return the formula fields that cannot be read or look at fields that are not there."""
    problems = []
    for owner in schema.objects.values():
        for one in owner.fields.values():
            try:
                for path in calculated.read(one.formula)[1] if one.formula else ():
                    calculated.follow(schema, owner, path)
            except FormulaError as error:
                problems.append((f"{owner.name}.{one.name}", str(error)))
    return problems


def _try(org: Org, package: Package) -> dict[str, str]:
    """Return the problems of a package by component, by building the schema it leads to."""
    deleted = set(package.deletions)
    new = {(component.kind, component.name): component for _file, component in package.components}
    known = {(each.kind, each.name): each for each in org.components()}
    parts = {key: each for key, each in {**known, **new}.items() if key not in deleted}
    with org.store.read() as connection:
        prefixes = seed.read_prefixes(connection)
    try:
        schema = build.build(
            _without_orphans(parts, deleted),
            prefixes,
            person_accounts=org.settings.person_accounts,
        )
    except SalesforceError as error:
        name = error.message.partition(":")[0]
        return {name: error.message}
    return dict(_check_rules(schema) + _check_references(schema) + _check_formulas(schema))


def _without_orphans(
    parts: dict[tuple[str, str], Component], deleted: set[tuple[str, str]]
) -> list[Component]:
    """Drop the parts of objects that are to be deleted."""
    gone = {name for kind, name in deleted if kind == "CustomObject"}
    return [each for each in parts.values() if each.name.partition(".")[0] not in gone]


def run(org: Org, content: bytes, *, check_only: bool) -> Deploy:
    """Deploy a zip: everything in it, or nothing."""
    deploy = Deploy(org.ids.next("0Af"), check_only, clock.stamp())
    with org.metadata_lock:
        _run(org, deploy, content)
    deploy.finished = clock.stamp()
    org.deploys[deploy.id] = deploy
    return deploy


def apply(org: Org, package: Package) -> Deploy:
    """Deploy components that did not come in a zip."""
    deploy = Deploy(org.ids.next("0Af"), check_only=False, created=clock.stamp())
    with org.metadata_lock:
        _carry_out(org, deploy, package)
    deploy.finished = clock.stamp()
    return deploy


def _run(org: Org, deploy: Deploy, content: bytes) -> None:
    try:
        package = read(content)
    except SalesforceError as error:
        deploy.outcomes.append(Outcome("", "package.xml", "package.xml", error.message))
        return
    _carry_out(org, deploy, package)


def _carry_out(org: Org, deploy: Deploy, package: Package) -> None:
    for file, problem in package.failures:
        deploy.outcomes.append(Outcome("", file, file, problem))
    known = {(each.kind, each.name) for each in org.components()}
    problems = _try(org, package)
    for file, component in package.components:
        is_new = (component.kind, component.name) not in known
        problem = problems.pop(component.name, "")
        deploy.outcomes.append(Outcome(component.kind, component.name, file, problem, is_new))
    for kind, name in package.deletions:
        problem = "" if (kind, name) in known else f"No {kind} named: {name} found"
        deploy.outcomes.append(Outcome(kind, name, "destructiveChanges.xml", problem, deleted=True))
    deploy.outcomes += [Outcome("", name, "", problem) for name, problem in problems.items()]
    if not deploy.failures and not deploy.check_only:
        _keep(org, package)


def _keep(org: Org, package: Package) -> None:
    with org.store.write() as connection:
        for _file, component in package.components:
            connection.execute(
                "INSERT OR REPLACE INTO _component VALUES (?, ?, ?)",
                (component.kind, component.name, component.body),
            )
        for kind, name in package.deletions:
            connection.execute(
                "INSERT OR REPLACE INTO _component VALUES (?, ?, ?)", (kind, name, b"")
            )
            if kind == "CustomObject":
                connection.execute(
                    "UPDATE _component SET body = x'' WHERE name LIKE ? || '.%'", (name,)
                )
        org.load_schema()
        seeder = org.seeder(connection)
        seeder.record_types()
        seeder.permission_sets([component for _file, component in package.components])
