"""Let the database keep the index of words itself, in the way its vendor can."""

from django.db import migrations

POSTGRES_UP = (
    """
    ALTER TABLE search_searchwords
    ADD COLUMN in_name tsvector GENERATED ALWAYS AS (
        to_tsvector('simple'::regconfig, name_words)
    ) STORED,
    ADD COLUMN anywhere tsvector GENERATED ALWAYS AS (
        to_tsvector('simple'::regconfig, name_words || ' ' || other_words)
    ) STORED
    """,
    """
    CREATE INDEX search_words_in_name ON search_searchwords USING gin (in_name)
    WITH (fastupdate = off)
    """,
    """
    CREATE INDEX search_words_anywhere ON search_searchwords USING gin (anywhere)
    WITH (fastupdate = off)
    """,
    # SQLite sorts goods without a price last by itself, and knows no such index.
    """
    CREATE INDEX search_by_price_down
    ON search_searchdocument (price_min DESC NULLS LAST, product_id) WHERE is_published
    """,
)
POSTGRES_DOWN = (
    "DROP INDEX search_by_price_down",
    "ALTER TABLE search_searchwords DROP COLUMN in_name, DROP COLUMN anywhere",
)

# The index reads its text from the table of words, so nothing is stored twice.
SQLITE_UP = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        name_words, other_words,
        content='search_searchwords', content_rowid='document_id',
        tokenize='unicode61', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER search_words_insert AFTER INSERT ON search_searchwords BEGIN
        INSERT INTO search_index(rowid, name_words, other_words)
        VALUES (new.document_id, new.name_words, new.other_words);
    END
    """,
    """
    CREATE TRIGGER search_words_delete AFTER DELETE ON search_searchwords BEGIN
        INSERT INTO search_index(search_index, rowid, name_words, other_words)
        VALUES ('delete', old.document_id, old.name_words, old.other_words);
    END
    """,
    """
    CREATE TRIGGER search_words_update
    AFTER UPDATE OF name_words, other_words ON search_searchwords BEGIN
        INSERT INTO search_index(search_index, rowid, name_words, other_words)
        VALUES ('delete', old.document_id, old.name_words, old.other_words);
        INSERT INTO search_index(rowid, name_words, other_words)
        VALUES (new.document_id, new.name_words, new.other_words);
    END
    """,
    "INSERT INTO search_index(search_index) VALUES ('rebuild')",
)
SQLITE_DOWN = (
    "DROP TRIGGER search_words_insert",
    "DROP TRIGGER search_words_delete",
    "DROP TRIGGER search_words_update",
    "DROP TABLE search_index",
)


def create_index(apps, schema_editor):
    statements = {"postgresql": POSTGRES_UP, "sqlite": SQLITE_UP}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    statements = {"postgresql": POSTGRES_DOWN, "sqlite": SQLITE_DOWN}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(create_index, drop_index)]
