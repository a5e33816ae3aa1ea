"""One org: its schema, its records, its sign-ins, its limits and its faults."""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock, credentials, ids, seed
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.faults import Faults
from crm_sync.localorg.formula.calculated import Calculator
from crm_sync.localorg.ids import IdFactory
from crm_sync.localorg.journal import Journal
from crm_sync.localorg.kept import Kept
from crm_sync.localorg.limits import Limits
from crm_sync.localorg.looking import Looked
from crm_sync.localorg.records import likeness
from crm_sync.localorg.records.context import MOVED, Change, Context, SaveOptions
from crm_sync.localorg.records.duplicates import duplicate_error
from crm_sync.localorg.records.following import follow
from crm_sync.localorg.records.history import History, Noted, note
from crm_sync.localorg.records.rollups import recount
from crm_sync.localorg.records.save import insert
from crm_sync.localorg.schema import build, pasts
from crm_sync.localorg.schema.model import CUSTOM, Schema, SObject
from crm_sync.localorg.schema.shares import SHARE_ID
from crm_sync.localorg.schema.source import Component, read_folder
from crm_sync.localorg.sessions import Sessions
from crm_sync.localorg.settling.table import wanted
from crm_sync.localorg.settling.writing import Settler
from crm_sync.localorg.soql import native
from crm_sync.localorg.soql.cursors import Cursors
from crm_sync.localorg.soql.run import Reader
from crm_sync.localorg.store import tables
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.streaming.avro import EventSchemas
from crm_sync.localorg.streaming.changes import GAP, OVERFLOW
from crm_sync.localorg.streaming.channels import Channels
from crm_sync.localorg.streaming.log import Event
from crm_sync.localorg.streaming.recorded import Recorded
from crm_sync.localorg.streaming.shape import visible
from crm_sync.localorg.streaming.subscribers import Subscribers
from crm_sync.localorg.streaming.telling import Telling
from crm_sync.localorg.viewers import ADMINISTRATOR, INTEGRATION, View, Viewers

START = "start"
LATE_SECONDS = 30
LOCKED = "unable to obtain exclusive access to this record or 1 records: "


@dataclass(frozen=True, slots=True)
class Settings:
    """How an org is started."""

    folder: Path
    metadata: Path | None = None
    zone: str = "Asia/Kolkata"
    name: str = "Local Org"
    allow_password: bool = False
    integration_user: bool = False
    audit_fields: bool = False
    person_accounts: bool = False
    fault_seed: int = 0


@dataclass
class Present(threading.local):
    """What the thread is answering just now; slots would be shared by all threads."""

    method: str = ""
    late_seconds: int = 0
    wrote: int = 0
    origin: str = ""
    client: str = ""
    user_id: str = ""
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One copy of all records that was kept."""

    name: str
    made: datetime
    size: int

    @classmethod
    def of(cls, path: Path) -> "Snapshot":
        """Return what a file says of itself."""
        facts = path.stat()
        return cls(path.stem, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size)


def _share_id(prefix: str, record_id: str) -> str:
    return ids.to_18(prefix + record_id[3:15])


def _has_owner(component: Component, objects: set[str]) -> bool:
    owner, dot, _part = component.name.partition(".")
    return not dot or not owner.endswith(CUSTOM) or owner in objects


class Org:
    """Everything one running org consists of."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        settings.folder.mkdir(parents=True, exist_ok=True)
        self.credentials = credentials.load_or_create(settings.folder / "credentials.json")
        self.zone = ZoneInfo(settings.zone)
        self.limits = Limits()
        self.faults = Faults(settings.fault_seed)
        self.journal = Journal()
        self.present = Present()
        self.metadata_lock = threading.Lock()
        self.deploys = Kept()
        self.after_restore: list[Callable[[], None]] = []
        self.store = Store(settings.folder / "org.sqlite3", self._equip)
        self.ids = IdFactory(self._salt())
        self.source = read_folder(settings.metadata) if settings.metadata else []
        self.schema = Schema([])
        self.org_id = self.user_id = ""
        self.schema_since = 0.0
        self.channels = Channels(self.schema)
        self.telling = Telling(self.store, lambda: self.schema, self.zone)
        self.events, self.topics = self.telling.log, self.telling.topics
        self.event_schemas = EventSchemas(self.store)
        self.looked = Looked()
        self.recorded = Recorded(self.store)
        self.subscribers = Subscribers()
        self.viewers = Viewers(
            self.store,
            lambda: self.schema,
            self.components,
            audit_fields=settings.audit_fields,
        )
        self.history = History()
        self.store.on_commit = self._tell
        self._open()
        self.sessions = Sessions(settings.folder / "sessions.json", self.org_id)
        self.reader = Reader(
            self.store,
            lambda: self.visible,
            self.zone,
            Cursors(self.store, self.ids),
            lambda: self.schema,
            lambda: self.present.user_id or self.user_id,
        )

    def _equip(self, connection: sqlite3.Connection) -> None:
        """Teach a connection what only the org can work out."""
        Calculator(lambda: self.schema, self.zone).install(connection)
        likeness.install(connection)
        native.install(connection, self.zone)
        pasts.install(connection, lambda: self.ids.salt)
        connection.create_function(SHARE_ID, 2, _share_id, deterministic=True)

    def _open(self) -> None:
        self.load_schema()
        self.is_new = self._scalar("SELECT COUNT(*) FROM User") == 0
        with self.store.write() as connection:
            seeder = self.seeder(connection)
            if self.is_new:
                seeder.first_records(self.credentials, self.settings.zone, self.settings.name)
            seeder.record_types()
            seeder.business_hours(self.settings.zone)
            seeder.permission_sets(self.source)
            seeder.profile(INTEGRATION if self.settings.integration_user else ADMINISTRATOR)
            seeder.licenses()
            self.settle(connection)
        self.org_id = str(self._scalar("SELECT Id FROM Organization"))
        self.user_id = str(self._scalar("SELECT Id FROM User ORDER BY Id LIMIT 1"))
        if self.is_new:
            self.snapshot(START)

    def _salt(self) -> str:
        with self.store.write() as connection:
            tables.ensure_internal(connection)
            insert = "INSERT OR IGNORE INTO _meta VALUES ('salt', ?)"
            connection.execute(insert, (ids.new_salt(),))
            found = connection.execute("SELECT value FROM _meta WHERE name = 'salt'").fetchone()
        return str(found[0])

    def seeder(self, connection: sqlite3.Connection) -> seed.Seeder:
        """Return a writer of the platform's own records."""
        seeder = seed.Seeder(connection, self.schema, self.ids)
        found = connection.execute("SELECT Id FROM User ORDER BY Id LIMIT 1").fetchone()
        seeder.user = found[0] if found else ""
        return seeder

    def settle(self, connection: sqlite3.Connection) -> None:
        """Bring the records that follow from metadata in line with it."""
        user = self.seeder(connection).user
        settler = Settler(connection, self.schema, self.ids, user)
        settler.settle(wanted(self.components(), self.schema))

    def load_schema(self) -> None:
        """Build the schema from the project and from all deploys, and fit the tables to it."""
        with self.store.write() as connection:
            prefixes = seed.read_prefixes(connection)
            found = self.components()
            self.schema = build.build(
                found, prefixes, person_accounts=self.settings.person_accounts
            )
            self.channels = Channels(self.schema, found)
            for owner in self.schema.tables():
                tables.ensure(connection, owner)
            tables.ensure_views(connection, self.schema.views())
            seed.write_prefixes(connection, prefixes)
            self.schema_since = time.time()
            self.viewers.forget()
            self.topics.forget()
            self._start_counters(connection)
            if self.schema.rollups:
                recount(self.context())

    def components(self) -> list[Component]:
        """Return all metadata: the project's, changed by every deploy since."""
        found = {(each.kind, each.name): each for each in self.source}
        with self.store.read() as connection:
            rows = connection.execute("SELECT kind, name, body FROM _component ORDER BY rowid")
            for kind, name, body in rows:
                found.pop((kind, name), None)
                if body:
                    found[kind, name] = Component(kind, name, body)
        objects = {name for kind, name in found if kind == "CustomObject"}
        return [each for each in found.values() if _has_owner(each, objects)]

    def _start_counters(self, connection: sqlite3.Connection) -> None:
        for owner in self.schema.tables():
            sql = f"SELECT MAX(Id) FROM {tables.quote(owner.name)}"
            self.ids.start_after(owner.prefix, connection.execute(sql).fetchone()[0])
        for prefix, table in (("0r8", "_cursor"), ("750", "_job"), ("751", "_job")):
            sql = f"SELECT MAX(id) FROM {table} WHERE id GLOB ?"
            self.ids.start_after(prefix, connection.execute(sql, (f"{prefix}*",)).fetchone()[0])

    def _scalar(self, sql: str) -> object:
        with self.store.read() as connection:
            row = connection.execute(sql).fetchone()
        return row[0] if row else None

    def context(self) -> Context:
        """Return what saving needs."""

        def create(name: str, values: dict[str, object], options: SaveOptions) -> str:
            system = SaveOptions(user_id=options.user_id, system=True)
            return insert(made, self.schema.require(name), values, system).record_id

        made = Context(
            store=self.store,
            schema=self.schema,
            view=self.view,
            ids=self.ids,
            stamp=self._stamp,
            before_save=self._before_save,
            on_change=self._on_change,
            create=create,
            zone=self.zone,
            org_id=self.org_id,
            user_id=self.present.user_id or self.user_id,
            file_room=self.limits.maxima["FileStorageMB"] << 20,
        )
        return made

    @property
    def visible(self) -> Schema:
        """Return the schema as the user of the present call sees it."""
        return self.view.schema

    @property
    def view(self) -> View:
        """Return what the user of the present call may see and do."""
        return self.viewers.of(self.present.user_id)

    def _forget_views(self) -> None:
        self.viewers.forget()
        self.schema_since = time.time()

    def _stamp(self, previous: str) -> str:
        present = clock.stamp()
        if self.present.late_seconds:
            present = clock.later(present, -self.present.late_seconds)
        return max(present, previous)

    def _before_save(
        self, owner: SObject, operation: str, record_id: str, options: SaveOptions
    ) -> None:
        if not self.faults.active or options.system:
            return
        method = self.present.method
        if self.faults.take("lock_row", [owner.name], method):
            raise SalesforceError("UNABLE_TO_LOCK_ROW", LOCKED + record_id, [])
        if operation != "insert":
            return
        if self.faults.take("duplicate_block", [owner.name], method):
            raise duplicate_error(owner.name, [], allow_save=False)
        if not options.allow_duplicates and self.faults.take(
            "duplicate_alert", [owner.name], method
        ):
            raise duplicate_error(owner.name, [], allow_save=True)

    def _on_change(self, kind: str, change: Change) -> None:
        self.present.wrote += 1
        self.telling.see(kind, change, self._origin(), self._lack)
        if kind == MOVED:
            return
        for each in note(kind, change, self._way()):
            self.store.collect(each)
        if change.owner.name in self.schema.automations and not change.options.system:
            follow(self.context(), kind, change)
        if change.owner.setup and not change.owner.setting:
            self.store.after_commit(self._forget_views)
        self.store.after_commit(self.journal.wrote)

    def _origin(self) -> str:
        present = self.present
        return f"{present.origin};client={present.client}" if present.client else present.origin

    def _way(self) -> str:
        """Return by which way in the present change comes; seeding has none."""
        return self._origin() or ("page" if self.present.on_page else "")

    def _lack(self, change: Change) -> str:
        if not self.faults.active:
            return ""
        asked = ([change.owner.name], self.present.method)
        if self.faults.take("event_overflow", *asked):
            return OVERFLOW
        return GAP if self.faults.take("event_gap", *asked) else ""

    def told(self, event: Event) -> dict[str, object] | None:
        """Return what of an event the user of the present call may hear."""
        owner = self.channels.owner_of(event.channel)
        if owner is None or owner.is_event:
            return event.payload
        seen = self.visible.find(owner.name)
        if seen is None or seen is owner:
            return event.payload if seen is not None else None
        return visible(seen, event.payload)

    def _tell(self, connection: sqlite3.Connection, changes: list[object]) -> None:
        self.history.keep(connection, [each for each in changes if isinstance(each, Noted)])
        self.telling.tell(connection, changes)

    @property
    def wants_seed(self) -> bool:
        """Say whether sample data may be loaded: into a new org, or where loading broke off."""
        return self.is_new or bool(self._scalar("SELECT 1 FROM _meta WHERE name = 'unseeded'"))

    def seeding(self, *, done: bool) -> None:
        """Remember that sample data is on its way, or that all of it is there."""
        with self.store.write() as connection:
            connection.execute("DELETE FROM _meta WHERE name = 'unseeded'")
            if not done:
                connection.execute("INSERT INTO _meta VALUES ('unseeded', '1')")
        if done:
            self.snapshot(START)

    def snapshot(self, name: str) -> None:
        """Keep a copy of all records under a name."""
        folder = self.settings.folder / "snapshots"
        folder.mkdir(exist_ok=True)
        self.store.copy_to(folder / f"{name}.sqlite3")

    def snapshots(self) -> list[Snapshot]:
        """Return the copies that were kept, the last one first."""
        paths = (self.settings.folder / "snapshots").glob("*.sqlite3")
        kept = [Snapshot.of(path) for path in paths if path.stem != START]
        return sorted(kept, key=lambda each: (each.made, each.name), reverse=True)

    def restore(self, name: str) -> None:
        """Return to a copy that was kept."""
        path = self.settings.folder / "snapshots" / f"{name}.sqlite3"
        if not path.exists():
            raise SalesforceError("NOT_FOUND", f"No snapshot is named {name}")
        with self.store.alone():
            self.store.restore_from(path)
            with self.store.write() as connection:
                tables.ensure_internal(connection)
            self.deploys.clear()
            self.ids.start_over(each.prefix for each in self.schema.tables())
            self.load_schema()
        self.subscribers.drop_recorded()
        for action in self.after_restore:
            action()

    def reset(self) -> None:
        """Return to the state right after the first start."""
        self.restore(START)
        self.faults.clear()
        self.limits.reset()
        self.journal.clear()

    def close(self) -> None:
        """Put everything safely on disk."""
        self.store.close()
