"""Jobs are named by text, because services stand below tasks; here every name is resolved."""

import ast
import re

from django.utils.module_loading import import_string

from tests.architecture import tree

CALLS = {"enqueue": 0, "register_schedule": 1}  # where each call names its task
TASK = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)*\.tasks(\.[a-z_0-9]+)*\.[a-z_0-9]+$")


def _named_tasks():
    for path in tree.sources():
        if tree.name_of(path) == "shop/core/jobs.py":
            continue
        for node in ast.walk(tree.syntax_of(path)):
            if not isinstance(node, ast.Call):
                continue
            place = CALLS.get(ast.unparse(node.func).rpartition(".")[2])
            if place is None:
                continue
            named = [keyword.value for keyword in node.keywords if keyword.arg == "task"]
            named += node.args[place : place + 1]
            for argument in named:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield f"{tree.name_of(path)}:{node.lineno}", argument.value


def _problem(name):
    if not TASK.match(name):
        return "is not the name of a function in a tasks module"
    try:
        task = import_string(name)
    except ImportError as error:
        return str(error)
    return "" if callable(task) else "cannot be called"


def test_every_enqueued_name_is_a_task():
    wrong = [
        f"{place}: {name} {problem}"
        for place, name in _named_tasks()
        if (problem := _problem(name))
    ]

    assert wrong == []
