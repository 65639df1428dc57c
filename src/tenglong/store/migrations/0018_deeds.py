"""What was sent once is not done twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0017_token_bounds")]

    operations = [
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("said", models.CharField(max_length=64)),
                ("begun_at", models.DateTimeField(db_index=True)),
                ("answer", models.BinaryField(null=True)),
            ],
        ),
    ]
