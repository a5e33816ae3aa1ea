"""Staff find an order by the beginning of a name, in any case: an index that serves just that."""

from django.db import migrations

NAME = "orders_by_lower_name"


def add_index(apps, schema_editor):
    # A prefix is looked up by LIKE, which on PostgreSQL needs its own class of operators.
    operators = " text_pattern_ops" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"CREATE INDEX {NAME} ON orders_order (LOWER(full_name){operators})")


def drop_index(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [migrations.RunPython(add_index, drop_index)]
