"""GST as it is in force: 18, 5 and 40 percent since 22 September 2025, and what was before."""

from datetime import date

from django.db import migrations

GST_BEGINS = date(2017, 7, 1)
REFORM = date(2025, 9, 22)
BEFORE_REFORM = date(2025, 9, 21)
RATES = [
    ("standard", 18, GST_BEGINS, None),
    ("reduced", 5, GST_BEGINS, None),
    ("luxury", 28, GST_BEGINS, BEFORE_REFORM),
    ("luxury", 40, REFORM, None),
    ("zero", 0, GST_BEGINS, None),
]


def add_rates(apps, schema_editor):
    tax_class = apps.get_model("catalog", "TaxClass")
    tax_rate = apps.get_model("tax", "TaxRate")
    classes = {row.code: row for row in tax_class.objects.all()}
    for code, rate, valid_from, valid_to in RATES:
        tax_rate.objects.get_or_create(
            tax_class=classes[code],
            country="IN",
            valid_from=valid_from,
            defaults={"rate": rate, "valid_to": valid_to, "name": f"GST {rate}%"},
        )


def remove_rates(apps, schema_editor):
    tax_rate = apps.get_model("tax", "TaxRate")
    for code, rate, valid_from, _ in RATES:
        tax_rate.objects.filter(
            tax_class__code=code, country="IN", valid_from=valid_from, rate=rate
        ).delete()


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_initial"), ("catalog", "0002_tax_classes")]

    operations = [migrations.RunPython(add_rates, remove_rates)]
