"""Migrations say what they do, miss nothing, and can be taken back."""

import ast
import re
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture import tree

UNNAMED = re.compile(r"^\d{4}_(auto_|remove_.*_and_more|alter_.*_and_more|.*_and_more)")


def _migrations():
    return [
        path
        for path in tree.tracked_files()
        if path.parent.name == "migrations" and re.match(r"\d{4}_", path.name)
    ]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_migrations_are_named_for_what_they_do():
    assert [tree.name_of(path) for path in _migrations() if UNNAMED.match(path.name)] == []


def test_every_migration_can_be_taken_back():
    one_way = []
    for path in _migrations():
        for node in ast.walk(tree.syntax_of(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            given = {keyword.arg for keyword in node.keywords}
            reversible = len(node.args) > 1 or given & {"reverse_code", "reverse_sql"}
            if called in {"RunPython", "RunSQL"} and not reversible:
                one_way.append(f"{tree.name_of(path)}:{node.lineno}")

    assert one_way == []
