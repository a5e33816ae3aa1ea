"""Units of returns now count against what was sold: every known day is added up again."""

from django.db import migrations


def mark_known_days(apps, schema_editor):
    sales = apps.get_model("reporting", "DailySales")
    stale = apps.get_model("reporting", "StaleDay")
    days = sales.objects.order_by("day").values_list("day", flat=True).distinct()
    stale.objects.bulk_create([stale(day=day) for day in days], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_compute_known_days_again")]

    operations = [migrations.RunPython(mark_known_days, migrations.RunPython.noop)]
