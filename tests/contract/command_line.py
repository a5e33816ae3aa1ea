"""The Salesforce CLI as a program that tests call."""

import json
import os
import shutil
import subprocess

from tests.crm_sync.orgs import ROOT

SECONDS = 120


class Cli:
    """Runs `sf` in a project folder of its own and reads its JSON."""

    def __init__(self, folder, node):
        self.folder = folder
        self.project = folder / "project"
        self.program = [str(node / "node"), str(folder / "node_modules/@salesforce/cli/bin/run.js")]
        binaries = folder / "node_modules" / ".bin"
        self.environment = {
            "PATH": os.pathsep.join([str(node), str(binaries), os.environ["PATH"]]),
            "HOME": str(folder / "home"),
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_DISABLE_TELEMETRY": "true",
            "SF_DISABLE_LOG_FILE": "true",
            "NO_COLOR": "1",
        }
        (folder / "home").mkdir()
        shutil.copytree(ROOT / "crm_sync" / "metadata", self.project)

    def shown(self, *words, **environment):
        """What a command prints."""
        done = subprocess.run(
            [*self.program, *words],
            cwd=self.project,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.stdout.strip(), done.stderr
        return done.stdout

    def run(self, *words, **environment):
        return json.loads(self.shown(*words, "--json", **environment))

    def __call__(self, *words, **environment):
        """What a command that works has to say."""
        found = self.run(*words, **environment)
        assert found["status"] == 0, found
        return found["result"]

    def write(self, name, content):
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return name
