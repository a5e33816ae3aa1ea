"""What import-linter and ruff cannot see by themselves."""

import ast
import re
import tomllib

import pytest

from tests.architecture import tree

DOORS = re.compile(
    r"shop/doors/"
    r"|config/"
    r"|crm_sync/localorg/"
    r"|(crm_sync|reporting|returns)/(?:.*/)?(views|api|admin)(\.py|/)"
    r"|.*/(middleware|adapters)\.py$"
)
ONLY_IN = {
    "django.http": DOORS,
    "django.shortcuts": DOORS,
    "rest_framework": DOORS,
    "django.db.models.signals": re.compile(r"crm_sync/receivers\.py$|.*/apps\.py$"),
    "django_q.tasks": re.compile(r"shop/core/jobs\.py$"),
}
# Of Django's signals for models only this one may be used outside the receivers: it is no change
# of a row but the end of `migrate`.
HARMLESS_SIGNAL = "django.db.models.signals.post_migrate"


@pytest.mark.parametrize("banned", ONLY_IN)
def test_a_banned_module_is_imported_in_its_one_place_only(banned):
    wrong = [
        f"{tree.name_of(path)} imports {name}"
        for path in tree.sources()
        if not ONLY_IN[banned].match(tree.name_of(path))
        for name in tree.imported_names(tree.syntax_of(path))
        if (name == banned or name.startswith(f"{banned}.")) and name != HARMLESS_SIGNAL
    ]

    assert wrong == []


def test_apps_connect_no_signal_of_models_but_post_migrate():
    wrong = [
        f"{tree.name_of(path)} imports {name}"
        for path in tree.sources()
        if path.name == "apps.py"
        for name in tree.imported_names(tree.syntax_of(path))
        if name.startswith("django.db.models.signals.") and name != HARMLESS_SIGNAL
    ]

    assert wrong == []


def _imports_inside(function):
    return [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_import_hides_inside_a_function():
    wrong = [
        f"{tree.name_of(path)}:{function.lineno} {function.name}"
        for path in tree.sources()
        for function in ast.walk(tree.syntax_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if not (path.name == "apps.py" and function.name == "ready")
        if _imports_inside(function)
    ]

    assert wrong == []


def test_no_contract_of_the_floors_has_an_exception():
    settings = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    excused = [c["name"] for c in settings["contracts"] if c.get("ignore_imports")]

    assert excused == []


def test_a_wing_is_only_a_folder():
    code = [
        tree.name_of(path)
        for path in tree.ROOT.glob("shop/*/__init__.py")
        if path.parent.name != "core" and len(tree.syntax_of(path).body) != 1
    ]

    assert code == []
