"""A cart knows by which channel it was opened; those of before came from the web."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cart", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="cart",
            name="channel",
            field=models.CharField(db_default="WEB", default="WEB", max_length=12),
        ),
    ]
