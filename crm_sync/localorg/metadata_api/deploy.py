"""Carrying a deploy out: try the new schema, then keep it."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from sqlite3 import Connection

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.metadata_api import contents, inner
from crm_sync.localorg.metadata_api.checks import problems
from crm_sync.localorg.metadata_api.outcome import Deploy, Options, Outcome
from crm_sync.localorg.metadata_api.package import Package, broken_place, read
from crm_sync.localorg.metadata_api.retrieve import file_of
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.source import Component

MOST_TRIES = 200
WRITE = "INSERT OR REPLACE INTO _component VALUES (?, ?, ?)"


def run(org: Org, content: bytes, options: Options, user_id: str) -> Deploy:
    """Deploy a zip: everything in it or nothing, unless what is good may stay."""
    deploy = Deploy(org.ids.next("0Af"), options, clock.stamp(), user_id)
    with org.metadata_lock:
        _run(org, deploy, content)
    deploy.finished = clock.stamp()
    org.deploys[deploy.id] = deploy
    return deploy


class _Undone(Exception):
    """What was done before a deploy goes with it."""


def apply(org: Org, package: Package, first: Callable[[Connection], None] | None = None) -> Deploy:
    """Deploy what did not come in a zip, after a first step that a failure takes back."""
    deploy = Deploy(org.ids.next("0Af"), Options(), clock.stamp())
    with org.metadata_lock, suppress(_Undone), org.store.write() as connection:
        if first is not None:
            first(connection)
        _carry_out(org, deploy, package)
        if deploy.failures:
            raise _Undone
    deploy.finished = clock.stamp()
    return deploy


def confirm(org: Org, validated: Deploy, user_id: str) -> Deploy:
    """Deploy what was validated before, without another look at its files."""
    if not validated.options.check_only or validated.failures or validated.package is None:
        message = "The validation cannot be deployed: it failed, or was no validation"
        raise SalesforceError("INVALID_ID_FIELD", message)
    options = replace(validated.options, check_only=False)
    deploy = Deploy(org.ids.next("0Af"), options, clock.stamp(), user_id)
    with org.metadata_lock:
        _carry_out(org, deploy, validated.package)
    deploy.finished = clock.stamp()
    org.deploys[deploy.id] = deploy
    return deploy


def _run(org: Org, deploy: Deploy, content: bytes) -> None:
    try:
        package = read(content)
    except SalesforceError as error:
        deploy.outcomes.append(Outcome("", "package.xml", "package.xml", error.message))
        return
    if not deploy.options.allow_missing:
        for kind, name in package.missing():
            problem = (
                f"An object '{name}' of type {kind} was named in package.xml, "
                "but was not found in zipped directory"
            )
            deploy.outcomes.append(Outcome(kind, name, package.manifest, problem))
    _carry_out(org, deploy, package)


def _carry_out(org: Org, deploy: Deploy, package: Package) -> None:
    for file, problem in package.failures:
        deploy.outcomes.append(Outcome("", file, file, problem, place=broken_place(problem)))
    parts = inner.with_parts(org.components())
    known = {(each.kind, each.name): each for each in parts}
    whole = replace(package, components=inner.joined(package.components, known))
    good, found = _tried(org, deploy, whole)
    for file, component in _with_parts(whole, package):
        before = known.get((component.kind, component.name))
        problem = _problem_of(found, component)
        outcome = Outcome(component.kind, component.name, file, problem, before is None)
        is_same = before is not None and before.body == component.body
        outcome.is_same = is_same and _has_files(org, package, component)
        if problem:
            outcome.place = package.place(file, component.name)
        deploy.outcomes.append(outcome)
    for kind, name in package.deletions:
        deploy.outcomes.append(_deleted(package, known, kind, name))
    deploy.outcomes += [Outcome("", name, "", problem) for name, problem in found.items()]
    deploy.package = package
    if not deploy.options.check_only and (not deploy.failures or good is not None):
        _keep(org, good or whole)
        deploy.is_kept = True


def _deleted(package: Package, known: dict[inner.Key, Component], kind: str, name: str) -> Outcome:
    """Return what is told of a wish to delete; one for nothing is told of the list it stands in."""
    if (kind, name) in known:
        file = file_of(known[kind, name])
        return Outcome(kind, name, file, deleted=True, is_same=True)
    file = package.lists.get((kind, name), "destructiveChanges.xml")
    problem = f"No {kind} named: {name} found"
    return Outcome(kind, file, file, problem, deleted=True, is_warning=True)


def _with_parts(whole: Package, package: Package) -> list[tuple[str, Component]]:
    """Return what is told of: all that is brought, with the parts that came along."""
    found = list(whole.components)
    for file, component in package.components:
        found += [(file, part) for part in inner.parts(component)]
    return found


def _has_files(org: Org, package: Package, component: Component) -> bool:
    key = (component.kind, component.name)
    with org.store.read() as connection:
        return contents.read(connection, key) == package.contents.get(key, {})


def _problem_of(found: dict[str, str], component: Component) -> str:
    """Take the problem of a component, which may be known by its last name alone."""
    problem = found.pop(component.name, "")
    return problem or found.pop(component.name.rpartition(".")[2], "")


def _tried(org: Org, deploy: Deploy, package: Package) -> tuple[Package | None, dict[str, str]]:
    """Return the problems, and what can stay without them where that is wished."""
    found = problems(org, package)
    if deploy.options.rollback:
        return None, found
    good, latest = package, found
    for _ in range(MOST_TRIES):
        if not latest:
            return (good if good.components or good.deletions else None), found
        rest = [each for each in good.components if each[1].name not in latest]
        if not rest or len(rest) == len(good.components):
            return None, found
        good = Package(rest, good.deletions, contents=package.contents)
        latest = problems(org, good)
        found = {**latest, **found}
    return None, found


def _take_out(org: Org, connection: sqlite3.Connection, key: inner.Key) -> None:
    """Take a part out of the metadata in which it lives."""
    parent = inner.owner_of(*key)
    whole = next((each for each in org.components() if (each.kind, each.name) == parent), None)
    if whole is not None:
        left = inner.without(whole, {key})
        connection.execute(WRITE, (*parent, left.body if left is not None else b""))


def _keep(org: Org, package: Package) -> None:
    with org.store.write() as connection:
        for _file, component in package.components:
            connection.execute(WRITE, (component.kind, component.name, component.body))
            key = (component.kind, component.name)
            contents.keep(connection, key, package.contents.get(key, {}))
        for kind, name in package.deletions:
            if kind in inner.PARENT:
                _take_out(org, connection, (kind, name))
                continue
            connection.execute(WRITE, (kind, name, b""))
            contents.forget(connection, (kind, name))
            # Records of custom metadata are named for their type without its ending.
            for owner in {name, name.removesuffix("__mdt")} if kind == "CustomObject" else ():
                connection.execute(
                    "UPDATE _component SET body = x'' WHERE name LIKE ? || '.%'", (owner,)
                )
        org.load_schema()
        seeder = org.seeder(connection)
        seeder.record_types()
        seeder.permission_sets([component for _file, component in package.components])
        org.settle(connection)
