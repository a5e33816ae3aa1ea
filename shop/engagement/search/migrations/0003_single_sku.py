"""The SKU of a product that has only one, so that a list can offer to add it to the cart."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    documents = apps.get_model("search", "SearchDocument").objects.using(
        schema_editor.connection.alias
    )
    variants = apps.get_model("catalog", "Variant").objects.filter(
        pk=OuterRef("single_variant_id")
    )
    documents.filter(single_variant_id__in=_variants(apps)).update(
        single_sku=Subquery(variants.values("sku")[:1])
    )


def _variants(apps):
    """A document may be older than the deletion of its variant."""
    return apps.get_model("catalog", "Variant").objects.values("pk")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_tax_classes"),
        ("search", "0002_index_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchdocument",
            name="single_sku",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
