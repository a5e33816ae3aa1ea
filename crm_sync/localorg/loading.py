"""Loading SObject tree files, as the command line's import does."""

import json
from pathlib import Path
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.records.save import insert


def _refuse(path: Path, reason: object) -> SalesforceError:
    return SalesforceError("INVALID_SEED", f"{path}: {reason}")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refuse(path, error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        raise _refuse(path, f"this is no JSON: {error}") from error


def _records(path: Path) -> list[dict[str, Any]]:
    found = _read(path)
    records = found.get("records") if isinstance(found, dict) else None
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise _refuse(path, "an SObject tree file has a list of records")
    return records


def _planned(plan: Path) -> list[Path]:
    steps = _read(plan)
    try:
        return [plan.parent / name for step in steps for name in step["files"]]
    except (TypeError, KeyError) as error:
        raise _refuse(plan, "every step of a plan names its files") from error


def _files(source: Path) -> list[Path]:
    if not source.exists():
        raise _refuse(source, "no such file or folder")
    if source.is_file() and "plan" not in source.name:
        return [source]
    folder = source if source.is_dir() else source.parent
    plan = source if source.is_file() else next(iter(sorted(folder.glob("*plan*.json"))), None)
    if plan is not None:
        return _planned(plan)
    found = sorted(folder.glob("*.json"))
    if not found:
        raise _refuse(source, "there is no JSON file in it")
    return found


class TreeLoader:
    """Saves nested records and remembers their references."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.context = org.context()
        self.options = SaveOptions(user_id=org.user_id)
        self.known: dict[str, str] = {}

    def load(self, record: dict[str, Any], parent: tuple[str, str] | None = None) -> None:
        """Save a record, then the children inside it."""
        attributes = record.get("attributes") or {}
        owner = self.context.schema.find(str(attributes.get("type")))
        if owner is None:
            raise SalesforceError("INVALID_TYPE", f"No object named {attributes.get('type')}")
        relations = {each.name.lower(): each for each in owner.children if each.name}
        nested = [
            (relations[name.lower()], value["records"])
            for name, value in record.items()
            if name.lower() in relations and isinstance(value, dict) and "records" in value
        ]
        values = {
            name: self._resolved(value)
            for name, value in record.items()
            if name.lower() not in relations
        }
        values |= dict([parent] if parent else [])
        saved = insert(self.context, owner, values, self.options)
        if attributes.get("referenceId"):
            self.known[attributes["referenceId"]] = saved.record_id
        for relation, children in nested:
            for child in children:
                self.load(child, (relation.field, saved.record_id))

    def _resolved(self, value: object) -> object:
        is_reference = isinstance(value, str) and value.startswith("@")
        return self.known.get(str(value)[1:], value) if is_reference else value


def load_trees(org: Org, source: Path) -> int:
    """Load a tree file, a plan, or a folder of them; return the number of records named."""
    loader = TreeLoader(org)
    with org.store.write():
        for path in _files(source):
            for record in _records(path):
                try:
                    loader.load(record)
                except SalesforceError as error:
                    raise SalesforceError(error.code, f"{path}: {error.message}") from error
    return len(loader.known)
