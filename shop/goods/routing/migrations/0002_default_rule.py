"""The one rule that a new shop starts with."""

from django.db import migrations

NAME = "Preferred warehouse first, then the nearest"


def add_rule(apps, schema_editor):
    rule = apps.get_model("routing", "RoutingRule")
    rule.objects.get_or_create(name=NAME, defaults={"kind": "PRIORITY_THEN_NEAREST"})


def remove_rule(apps, schema_editor):
    apps.get_model("routing", "RoutingRule").objects.filter(name=NAME).delete()


class Migration(migrations.Migration):
    dependencies = [("routing", "0001_initial")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
