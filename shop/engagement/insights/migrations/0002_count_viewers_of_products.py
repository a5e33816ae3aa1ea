"""Beside the visits of a day: how many visitors saw a product."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("insights", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="dailyvisits",
            name="product_viewers",
            field=models.PositiveIntegerField(
                db_default=0, default=0, help_text="Visitors who saw a product on this day."
            ),
        ),
    ]
