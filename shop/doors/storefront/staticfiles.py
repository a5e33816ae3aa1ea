"""Style sheets and scripts: one file each while developing, joined into one when collected."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED_STYLES = "css/site.css"
JOINED_SCRIPTS = "js/site.js"
SOURCES = Path(settings.BASE_DIR) / "static"


def style_names() -> list[str]:
    """Our style sheets in the order of their numbers."""
    return sorted(_names("css/*.css") + _names("css/*/*.css"))


def script_names() -> list[str]:
    """Our modules; each stands alone, so joining them keeps their meaning."""
    return [*_names("js/elements/*.js"), "js/main.js"]


def _names(pattern: str) -> list[str]:
    return sorted(file.relative_to(SOURCES).as_posix() for file in SOURCES.glob(pattern))


class JoiningStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Joins our files before they are hashed and compressed, so a page asks for two, not thirty."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Add the joined files to those that Django hashes."""
        if not dry_run:
            for target, names in ((JOINED_STYLES, style_names()), (JOINED_SCRIPTS, script_names())):
                self.delete(target)
                self._save(target, ContentFile(b"\n".join(_read(name) for name in names)))
                paths[target] = (self, target)
        yield from super().post_process(paths, dry_run, **options)


def _read(name: str) -> bytes:
    return (SOURCES / name).read_bytes()
