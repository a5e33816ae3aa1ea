"""The tax classes that goods in India fall under; a shop may add its own."""

from django.db import migrations

TAX_CLASSES = {
    "standard": "Standard goods",
    "reduced": "Essential goods",
    "luxury": "Luxury and sin goods",
    "zero": "Free of tax",
}


def add_tax_classes(apps, schema_editor):
    tax_class = apps.get_model("catalog", "TaxClass")
    for code, name in TAX_CLASSES.items():
        tax_class.objects.get_or_create(code=code, defaults={"name": name})


def remove_unused_tax_classes(apps, schema_editor):
    tax_class = apps.get_model("catalog", "TaxClass")
    tax_class.objects.filter(code__in=TAX_CLASSES, products__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(add_tax_classes, remove_unused_tax_classes)]
