"""Let the database keep the index of words itself, in the way its vendor can."""

from django.db import migrations

POSTGRES_UP = (
    """
    ALTER TABLE search_searchdocument ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple'::regconfig, name_words), 'A')
        || setweight(to_tsvector('simple'::regconfig, other_words), 'D')
    ) STORED
    """,
    """
    CREATE INDEX search_document_words ON search_searchdocument USING gin (words)
    WITH (fastupdate = off)
    """,
)
POSTGRES_DOWN = ("ALTER TABLE search_searchdocument DROP COLUMN words",)

# The table reads its text from the documents, so nothing is stored twice.
SQLITE_UP = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5(
        name_words, other_words,
        content='search_searchdocument', content_rowid='product_id',
        tokenize='unicode61', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER search_words_insert AFTER INSERT ON search_searchdocument BEGIN
        INSERT INTO search_words(rowid, name_words, other_words)
        VALUES (new.product_id, new.name_words, new.other_words);
    END
    """,
    """
    CREATE TRIGGER search_words_delete AFTER DELETE ON search_searchdocument BEGIN
        INSERT INTO search_words(search_words, rowid, name_words, other_words)
        VALUES ('delete', old.product_id, old.name_words, old.other_words);
    END
    """,
    """
    CREATE TRIGGER search_words_update
    AFTER UPDATE OF name_words, other_words ON search_searchdocument BEGIN
        INSERT INTO search_words(search_words, rowid, name_words, other_words)
        VALUES ('delete', old.product_id, old.name_words, old.other_words);
        INSERT INTO search_words(rowid, name_words, other_words)
        VALUES (new.product_id, new.name_words, new.other_words);
    END
    """,
    "INSERT INTO search_words(search_words) VALUES ('rebuild')",
)
SQLITE_DOWN = (
    "DROP TRIGGER search_words_insert",
    "DROP TRIGGER search_words_delete",
    "DROP TRIGGER search_words_update",
    "DROP TABLE search_words",
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
