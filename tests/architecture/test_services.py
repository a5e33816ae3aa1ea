"""How the verbs of the shop look from outside."""

import inspect
from importlib import import_module

import pytest

from tests.architecture import tree

BY_NAME = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


def _modules():
    for path in tree.sources():
        name = tree.name_of(path).removesuffix(".py").removesuffix("/__init__")
        if name.endswith("/services") and "/localorg/" not in name:
            yield import_module(name.replace("/", "."))


def _public_services():
    for module in _modules():
        for function in vars(module).values():
            is_ours = inspect.isfunction(function) and function.__module__.startswith(
                module.__name__
            )
            if is_ours and not function.__name__.startswith("_"):
                yield f"{function.__module__}.{function.__name__}", function


SERVICES = dict(_public_services())


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_called_by_name_and_says_what_it_does(name):
    parameters = inspect.signature(SERVICES[name]).parameters.values()

    # A drain is called by core.jobs, with the time alone.
    assert [p.name for p in parameters if p.kind not in BY_NAME and p.name != "now"] == []
    assert inspect.getdoc(SERVICES[name])
