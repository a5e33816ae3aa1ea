"""Our own files, as the tests of this folder look at them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "shop", "crm_sync", "returns", "reporting")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that a clone would hold, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(path for name in listed if (path := ROOT / name).is_file())


def name_of(path: Path) -> str:
    """A file's name as people say it, from the root of the tree."""
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    """The text of a file; nothing for pictures, fonts and archives."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def sources() -> Iterator[Path]:
    """The Python files of the product, without its migrations."""
    for path in tracked_files():
        name = name_of(path)
        if path.suffix == ".py" and name.split("/")[0] in PACKAGES and "/migrations/" not in name:
            yield path


@cache
def syntax_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Every module, and every `module.name`, that this code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
