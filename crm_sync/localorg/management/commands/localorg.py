"""Serve an embedded Salesforce org."""

import importlib
import os
import signal
import sqlite3
import threading
from argparse import ArgumentParser
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.holding import hold
from crm_sync.localorg.loading import load_trees
from crm_sync.localorg.org import Org, Settings
from crm_sync.localorg.server import Server
from crm_sync.localorg.wsgi import application

METADATA = Path(__file__).parents[3] / "metadata"
GRACE_SECONDS = 2.0


def is_loopback(host: str) -> bool:
    """Say whether an address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Command(BaseCommand):
    """manage.py localorg."""

    help = "Serve an embedded Salesforce org over HTTP until SIGTERM."
    requires_system_checks: list[str] = []
    pubsub: Any = None
    held: IO[str] | None = None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--data", type=Path, default=Path("var/org/default"))
        parser.add_argument("--metadata", type=Path, default=METADATA)
        parser.add_argument(
            "--seed", type=Path, help="SObject tree file, plan, or a folder of them"
        )
        parser.add_argument("--timezone", default="Asia/Kolkata")
        parser.add_argument("--name", default="Local Org")
        parser.add_argument("--fault-seed", type=int, default=0)
        parser.add_argument("--allow-password", action="store_true")
        parser.add_argument("--pubsub-port", type=int, help="serve events over gRPC as well")
        parser.add_argument(
            "--pubsub-tls",
            action="store_true",
            help="serve them with encryption, by a certificate of the org's own in the data folder",
        )
        parser.add_argument(
            "--integration-user",
            action="store_true",
            help="the user is no administrator and may do what the permission sets assigned allow",
        )
        parser.add_argument(
            "--person-accounts",
            action="store_true",
            help="accounts can be people, and leads need no company",
        )
        parser.add_argument(
            "--audit-fields",
            action="store_true",
            help="CreatedDate and its like can be set on insert, with the right CreateAuditFields",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Open the org and serve it."""
        metadata = options["metadata"]
        if not metadata.is_dir():
            raise CommandError(f"No metadata folder at {metadata}")
        settings = Settings(
            folder=options["data"],
            metadata=metadata,
            zone=options["timezone"],
            name=options["name"],
            allow_password=options["allow_password"],
            fault_seed=options["fault_seed"],
            integration_user=options["integration_user"],
            audit_fields=options["audit_fields"],
            person_accounts=options["person_accounts"],
        )
        org = self._open(settings, options["seed"])
        if options["pubsub_port"] is not None:
            self._serve_events(org, options)
        self._serve(org, options["host"], options["port"])

    def _open(self, settings: Settings, seed: Path | None) -> Org:
        """Open the org, or say in one sentence why that cannot be."""
        try:
            self.held = hold(settings.folder)
            org = Org(settings)
            if not org.source:
                self.stderr.write(
                    f"WARNING: no metadata in {settings.metadata}: standard objects only."
                )
            if seed is not None and org.wants_seed:
                org.seeding(done=False)
                load_trees(org, seed)
                org.seeding(done=True)
        except SalesforceError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        except (OSError, sqlite3.Error, ValueError, KeyError) as error:
            message = f"The org in {settings.folder} cannot be opened: {error}"
            raise CommandError(message) from error
        return org

    def _serve_events(self, org: Org, options: dict[str, Any]) -> None:
        host, port, encrypted = options["host"], options["pubsub_port"], options["pubsub_tls"]
        try:
            # The libraries of the interface are an extra: who does not ask for it needs none.
            server = importlib.import_module("crm_sync.localorg.pubsub.server")
            self.pubsub, bound = server.start(org, host, port, encrypted=encrypted)
        except ModuleNotFoundError as error:
            message = f"{error.name} is missing: the Pub/Sub interface needs the extra [pubsub]"
            raise CommandError(message) from error
        except RuntimeError as error:
            raise CommandError(f"Port {port} cannot be opened: {error}") from error
        how = "with" if encrypted else "without"
        self.stdout.write(f"Pub/Sub ready at {host}:{bound}, {how} encryption")

    def _serve(self, org: Org, host: str, port: int) -> None:
        if not is_loopback(host):
            self.stderr.write(
                f"WARNING: {host} is reachable from other machines; a local org is not protected."
            )
        try:
            server = Server((host, port), application(org), org.settings.folder)
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {port} cannot be opened: {error}") from error
        signal.signal(signal.SIGTERM, _stop(server))
        signal.signal(signal.SIGINT, _stop(server))
        self.stdout.write(f"Local org ready at http://{host}:{server.server_address[1]}/")
        self.stdout.flush()
        server.serve_forever(poll_interval=0.1)
        closing = threading.Thread(target=org.close, daemon=True)
        closing.start()
        closing.join(GRACE_SECONDS)
        os._exit(0)


def _stop(server: Server) -> Any:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    return stop
