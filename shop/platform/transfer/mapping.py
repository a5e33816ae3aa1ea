"""From the column names of a file to ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shop.platform.transfer.exceptions import FileRefused, MappingRefused
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.reading.tables import Table


@dataclass(frozen=True)
class ColumnMapping:
    """Our column -> theirs, and our column -> a value that holds for every row."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


def read_mapping(path: Path) -> ColumnMapping:
    """Read `{"sku": "Article number", "currency": {"value": "EUR"}}`."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MappingRefused(f"The mapping cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise MappingRefused("The mapping must be one JSON object.")
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    for ours, theirs in content.items():
        if isinstance(theirs, str):
            columns[ours] = theirs
        elif isinstance(theirs, dict) and isinstance(theirs.get("value"), str | int | float):
            constants[ours] = str(theirs["value"])
        else:
            raise MappingRefused(f'“{ours}” must name a column of the file, or be {{"value": …}}.')
    return ColumnMapping(columns, constants)


def apply_mapping(table: Table, parser: Parser, mapping: ColumnMapping) -> Table:
    """Give the columns of a table our names, and refuse a table that lacks one we need."""
    known = {*parser.required, *parser.optional}
    unknown = [name for name in (*mapping.columns, *mapping.constants) if not parser.knows(name)]
    if unknown:
        raise MappingRefused(
            f"The {parser.name} format of {parser.object} has no column “{unknown[0]}”; "
            f"it has {', '.join(sorted(known))}."
        )
    absent = [theirs for theirs in mapping.columns.values() if theirs not in table.header]
    if absent:
        raise MappingRefused(f"The file has no column “{absent[0]}”.")
    ours = {theirs: name for name, theirs in mapping.columns.items()}
    names = tuple(ours.get(name) or parser.aliases.get(name, name) for name in table.header)
    missing = [
        name for name in parser.required if name not in names and name not in mapping.constants
    ]
    if missing:
        raise FileRefused(
            f"The columns {', '.join(missing)} are missing. "
            f"The file has {', '.join(table.header)[:1000]}."
        )
    return replace(table, names=names, constants=mapping.constants)
