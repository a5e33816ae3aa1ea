"""List the ids of the contract with the tests that prove them, without running anything.

`make requirements` prints them all; `python -m scripts.requirements ORD PAY` only these areas.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ID = re.compile(r"[A-Z0-9]+-\d+")


def ids_of(decorator: ast.expr) -> Iterator[str]:
    """Read the ids out of `@pytest.mark.req("ORD-03", …)`."""
    if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).endswith("mark.req"):
        return
    for argument in decorator.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def marked_tests(folder: Path) -> Iterator[tuple[str, str]]:
    """Every (id, test) pair below a folder;"""
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for decorator in node.decorator_list:
                    for name in ids_of(decorator):
                        yield name, f"{path.relative_to(folder.parent)}::{node.name}"


def proofs(folder: Path) -> dict[str, list[str]]:
    """The tests of each id, ids in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, test in marked_tests(folder):
        found[name].append(test)
    return dict(sorted(found.items(), key=lambda item: _sort_key(item[0])))


def _sort_key(name: str) -> tuple[str, int]:
    area, _, number = name.partition("-")
    return area, int(number) if number.isdigit() else 0


def main() -> int:
    """Print the list; a mark that is no id is an error."""
    areas = set(sys.argv[1:])
    found = proofs(ROOT / "tests")
    for name, tests in found.items():
        if not areas or name.partition("-")[0] in areas:
            print(name)
            print("".join(f"    {test}\n" for test in tests), end="")
    wrong = [name for name in found if not ID.fullmatch(name)]
    print(f"{len(found)} ids, {sum(map(len, found.values()))} proofs")
    if wrong:
        print(f"not an id: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
