"""Files that came from elsewhere are the ones that the manifest names, with their licences."""

import hashlib
import json
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
MANIFEST = json.loads((ROOT / "static/vendor/MANIFEST.json").read_text())


def test_every_vendored_file_has_the_hash_of_the_manifest():
    wrong = [
        row["path"]
        for row in MANIFEST
        if hashlib.sha256((ROOT / row["path"]).read_bytes()).hexdigest() != row["sha256"]
    ]

    assert wrong == []


def test_every_file_in_a_vendored_folder_is_in_the_manifest():
    named = {row["path"] for row in MANIFEST}
    folders = ("static/fonts", "static/icons", "static/vendor/echarts", "tests/browser/vendor")

    found = {
        file.relative_to(ROOT).as_posix()
        for folder in folders
        for file in (ROOT / folder).rglob("*")
        if file.is_file()
    }

    assert found - named == set()


def test_every_vendored_package_is_named_among_the_third_parties():
    text = (ROOT / "THIRD_PARTY.md").read_text()

    assert {row["package"] for row in MANIFEST if row["package"] not in text} == set()


def test_demo_pictures_are_small_enough_and_carry_their_licence():
    folder = ROOT / "fixtures/media/demo"
    pictures = list(folder.glob("*.webp"))

    assert len(pictures) >= 80
    assert [file.name for file in pictures if file.stat().st_size >= 20 * 1024] == []
    assert "Microsoft" in (folder / "LICENSE").read_text()


def test_the_lock_of_the_asset_tools_names_no_registry():
    assert '"resolved"' not in (ROOT / "assets/package-lock.json").read_text()
