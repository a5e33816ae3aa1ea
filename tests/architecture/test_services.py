"""How the verbs of the shop look from outside."""

import inspect
from importlib import import_module

import pytest

from tests.architecture import tree

BY_NAME = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


def _public_services():
    for path in tree.sources():
        name = tree.name_of(path)
        if not name.endswith(("/services.py", "/services/__init__.py")) or "/localorg/" in name:
            continue
        module = import_module(
            name.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        )
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__.startswith(module.__name__):
                if not function.__name__.startswith("_"):
                    yield f"{function.__module__}.{function.__name__}", function


SERVICES = dict(_public_services())


def test_there_are_services_to_look_at():
    assert "shop.core" not in SERVICES
    assert len(SERVICES) > 20


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_called_by_name_and_says_what_it_does(name):
    parameters = inspect.signature(SERVICES[name]).parameters.values()

    assert [p.name for p in parameters if p.kind not in BY_NAME] == []
    assert inspect.getdoc(SERVICES[name])
