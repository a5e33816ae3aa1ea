"""Deploys into an org inside the test's own process."""

import io
import zipfile

from crm_sync.localorg.metadata_api.deploy import run
from crm_sync.localorg.metadata_api.outcome import Options

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
PACKAGE = f"<Package {NS}><version>67.0</version></Package>"


def pack(**files):
    """A zip of these files with a manifest that names nothing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {"package.xml": PACKAGE, **files}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ship(desk, **files):
    """Deploy these files; what was wrong with them."""
    found = run(desk.org, pack(**files), Options(), desk.org.user_id)
    return [each.problem for each in found.failures]
