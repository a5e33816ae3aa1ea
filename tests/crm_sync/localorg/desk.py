"""An org inside the test's own process: records in, answers out, without a server."""

from pathlib import Path

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org, Settings
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.records.save import insert, update
from crm_sync.localorg.soql.sosl import parse

METADATA = Path(__file__).resolve().parents[3] / "crm_sync" / "metadata"


class Desk:
    """Saves records and asks statements."""

    def __init__(self, folder, **settings):
        self.org = Org(Settings(folder=folder, metadata=METADATA, **settings))
        self.options = SaveOptions(user_id=self.org.user_id)

    def create(self, name, **values):
        owner = self.org.schema.require(name)
        return insert(self.org.context(), owner, values, self.options).record_id

    def change(self, name, record_id, **values):
        owner = self.org.schema.require(name)
        update(self.org.context(), owner, record_id, values, self.options)

    def stamp(self, name, record_id, **moments):
        """Set what no client may set."""
        with self.org.store.write() as connection:
            for field, moment in moments.items():
                sql = f'UPDATE "{name}" SET "{field}" = ? WHERE Id = ?'
                connection.execute(sql, (moment, record_id))

    def page(self, soql, **wishes):
        return self.org.reader.query(soql, **wishes)

    def ask(self, soql, **wishes):
        """The records of a statement's first page, without attributes."""
        return [_bare(row) for row in self.page(soql, **wishes).records]

    def search(self, sosl):
        """The records that a search finds."""
        found = parse(sosl, self.org.schema)
        return [row for one in found.queries for row in self.org.reader.search(one, base="")]

    def names(self, soql):
        return [row["Name"] for row in self.ask(soql)]

    def where(self, condition, name="Account"):
        return set(self.names(f"SELECT Name FROM {name} WHERE {condition}"))

    def refused(self, soql):
        """Code and last line of the refusal of a statement."""
        try:
            self.page(soql)
        except SalesforceError as error:
            return error.code, error.message.rsplit("\n", 1)[-1]
        return "", ""


def _bare(value):
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"totalSize", "done", "records"}:
        return _bare(value["records"])
    return {name: _bare(each) for name, each in value.items() if name != "attributes"}
