import json
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

TEXTS = Path(__file__).parent.parent / "data" / "consent_texts.json"


def load_texts(apps, schema_editor):
    model = apps.get_model("talent", "ConsentText")
    rows = json.loads(TEXTS.read_text(encoding="utf-8"))["texts"]
    model.objects.bulk_create(model(version=1, **row) for row in rows)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0004_english_names"),
        ("talent", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PrivacyProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("columns", models.PositiveIntegerField(verbose_name="columns looked at")),
                ("erased", models.PositiveIntegerField(verbose_name="erased people looked at")),
                ("findings", models.JSONField(default=list, verbose_name="findings")),
            ],
            options={
                "verbose_name": "proof of privacy",
                "verbose_name_plural": "proofs of privacy",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("day", models.DateField(verbose_name="as of")),
                ("simulated", models.BooleanField(verbose_name="simulated")),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
            ],
            options={
                "verbose_name": "run of the retention rules",
                "verbose_name_plural": "runs of the retention rules",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Access or a copy"),
                            ("correction", "Correction"),
                            ("erasure", "Erasure"),
                            ("objection", "Objection to an automated proposal"),
                            ("other", "Another question on my data"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("in_work", "Being worked on"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="received",
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="what the person writes")),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="proposed changes")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="about")),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="asked"),
                ),
                ("due_on", models.DateField(verbose_name="answer by")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answered")),
            ],
            options={
                "verbose_name": "request on one's data",
                "verbose_name_plural": "requests on one's data",
                "ordering": ["due_on", "id"],
                "permissions": [("answer_rightsrequest", "Can answer requests on one's data")],
            },
        ),
        migrations.CreateModel(
            name="RightsRequestEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Access or a copy"),
                            ("correction", "Correction"),
                            ("erasure", "Erasure"),
                            ("objection", "Objection to an automated proposal"),
                            ("other", "Another question on my data"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("in_work", "Being worked on"),
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="received",
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="what the person writes")),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="proposed changes")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="about")),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="asked"),
                ),
                ("due_on", models.DateField(verbose_name="answer by")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="answered")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("reader_label", models.CharField(blank=True, max_length=500, verbose_name="reader's name")),
                ("reader_unit", models.CharField(blank=True, max_length=200, verbose_name="reader's unit")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="fields"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("case", "Work on the person's case"),
                            ("verification", "Verification"),
                            ("matching", "Matching"),
                            ("assessment", "Assessment"),
                            ("unit", "The unit looks after its own people"),
                            ("directory", "Search in the directory"),
                            ("share", "The person shared it"),
                            ("rights", "Answer to the person's request"),
                            ("export", "Export of a list"),
                            ("audit", "Audit"),
                            ("administration", "Care of the records"),
                        ],
                        max_length=14,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("page", "Page"),
                            ("list", "List or search"),
                            ("file", "File"),
                            ("api", "API"),
                            ("admin", "Administration"),
                        ],
                        default="page",
                        max_length=5,
                        verbose_name="where",
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reads",
                        to="talent.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reader",
                    ),
                ),
            ],
            options={
                "verbose_name": "read of a person's data",
                "verbose_name_plural": "reads of people's data",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="noticed")),
                ("began_at", models.DateTimeField(verbose_name="began")),
                ("ended_at", models.DateTimeField(verbose_name="ended")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Only reads of these fields count, as the read log names them; empty: all.",
                        size=None,
                        verbose_name="fields",
                    ),
                ),
                ("description", models.TextField(verbose_name="what happened")),
                ("harm", models.TextField(blank=True, verbose_name="possible harm")),
                ("measures", models.TextField(blank=True, verbose_name="measures")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("reported", "Reported to the authority"), ("closed", "Closed")],
                        default="open",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reported_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="reported to the authority"
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="people told")),
                ("told", models.PositiveIntegerField(default=0, editable=False, verbose_name="number of people told")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        help_text="The account by which data was read; empty: whoever read in this time.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "breach",
                "verbose_name_plural": "breaches",
                "ordering": ["-noticed_at"],
            },
        ),
        migrations.CreateModel(
            name="BreachEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("noticed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="noticed")),
                ("began_at", models.DateTimeField(verbose_name="began")),
                ("ended_at", models.DateTimeField(verbose_name="ended")),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Only reads of these fields count, as the read log names them; empty: all.",
                        size=None,
                        verbose_name="fields",
                    ),
                ),
                ("description", models.TextField(verbose_name="what happened")),
                ("harm", models.TextField(blank=True, verbose_name="possible harm")),
                ("measures", models.TextField(blank=True, verbose_name="measures")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("reported", "Reported to the authority"), ("closed", "Closed")],
                        default="open",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reported_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="reported to the authority"
                    ),
                ),
                ("told_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="people told")),
                ("told", models.PositiveIntegerField(default=0, editable=False, verbose_name="number of people told")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        help_text="The account by which data was read; empty: whoever read in this time.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="talent.breach",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("registry", "Registry of talent"),
                            ("matching", "Matching with projects and laboratories"),
                            ("directory", "Public directory"),
                            ("statistics", "Statistics and audit of fairness"),
                            ("share", "Sharing with a named organisation"),
                        ],
                        max_length=10,
                        verbose_name="purpose",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text_zh", models.TextField(verbose_name="text in Chinese")),
                ("text_en", models.TextField(verbose_name="text in English")),
                ("is_separate", models.BooleanField(default=True, verbose_name="needs separate consent")),
                ("is_optional", models.BooleanField(default=True, verbose_name="optional")),
                ("valid_from", models.DateTimeField(default=django.utils.timezone.now, verbose_name="in force from")),
                ("superseded_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="replaced")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a consent",
                "verbose_name_plural": "texts of consents",
                "ordering": ["purpose", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("registry", "Registry of talent"),
                            ("matching", "Matching with projects and laboratories"),
                            ("directory", "Public directory"),
                            ("statistics", "Statistics and audit of fairness"),
                            ("share", "Sharing with a named organisation"),
                        ],
                        max_length=10,
                        verbose_name="purpose",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "On this site"),
                            ("api", "By a program"),
                            ("paper", "On paper, entered by the office"),
                        ],
                        default="web",
                        max_length=5,
                        verbose_name="way",
                    ),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("name", "Name"),
                                ("roles", "Roles in the registry"),
                                ("posts", "Posts held"),
                                ("orcid", "ORCID iD"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what is shared",
                    ),
                ),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "given_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="given"),
                ),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended")),
                (
                    "ended_as",
                    models.CharField(
                        choices=[
                            ("withdrawn", "Withdrawn"),
                            ("renewed", "Replaced by a newer one"),
                            ("expired", "Run out"),
                            ("erased", "Ended by the erasure of the person"),
                        ],
                        editable=False,
                        max_length=9,
                        null=True,
                        verbose_name="how it ended",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="talent.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="recipient",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="talent.consenttext",
                        verbose_name="text",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["-given_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DataHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("legal", "Legal hold"), ("wish", "The person asked to keep it longer")],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="set")),
                ("lifted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="lifted")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="talent.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold on a person's data",
                "verbose_name_plural": "holds on people's data",
                "ordering": ["-set_at"],
                "permissions": [("lift_datahold", "Can lift holds on people's data")],
            },
        ),
        migrations.CreateModel(
            name="DataHoldEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("legal", "Legal hold"), ("wish", "The person asked to keep it longer")],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="set")),
                ("lifted_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="lifted")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="talent.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="talent.datahold",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ErasureCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=40, verbose_name="cause")),
                ("found", models.JSONField(default=list, verbose_name="what was found")),
                ("kept", models.JSONField(default=dict, verbose_name="rows that stay")),
                ("erased_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="erased")),
                ("backup_until", models.DateField(verbose_name="in backups until")),
                ("receipt_sha256", models.CharField(max_length=64, verbose_name="hash of the receipt")),
                (
                    "erased_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="erased by",
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure",
                        to="talent.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ["-erased_at"],
                "permissions": [("perform_erasurecase", "Can erase a person")],
            },
        ),
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_key", models.CharField(max_length=40, verbose_name="list")),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filters")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second person"),
                            ("ready", "Ready to be taken"),
                            ("refused", "Refused"),
                            ("run_out", "Run out"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="asked"),
                ),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="decided")),
                (
                    "decision_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason of the decision"),
                ),
                (
                    "usable_until",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="may be taken until"),
                ),
                ("taken", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken")),
                (
                    "asked_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of people",
                "verbose_name_plural": "exports of people",
                "ordering": ["-asked_at"],
                "permissions": [("approve_exportrequest", "Can approve exports of people")],
            },
        ),
        migrations.CreateModel(
            name="ExportRequestEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("list_key", models.CharField(max_length=40, verbose_name="list")),
                ("filters", models.JSONField(blank=True, default=dict, verbose_name="filters")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second person"),
                            ("ready", "Ready to be taken"),
                            ("refused", "Refused"),
                            ("run_out", "Run out"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="asked"),
                ),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="decided")),
                (
                    "decision_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason of the decision"),
                ),
                (
                    "usable_until",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="may be taken until"),
                ),
                ("taken", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="times taken")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="talent.exportrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImpactAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("registry", "Keeping the registry"),
                            ("credentials", "Credentials and training"),
                            ("ratio", "Planning of support staff"),
                            ("matching", "Matching"),
                            ("assessment", "Assessment"),
                            ("audit", "Audit of fairness"),
                            ("directory", "Public directory"),
                            ("privacy", "Proof of lawful handling"),
                            ("running", "Running of the product, nothing personal"),
                        ],
                        max_length=11,
                        verbose_name="purpose",
                    ),
                ),
                ("description", models.TextField(verbose_name="what is done with which data")),
                ("necessity", models.TextField(verbose_name="why it is lawful, justified and necessary")),
                ("risks", models.TextField(verbose_name="risks for people")),
                ("measures", models.TextField(verbose_name="measures against them")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved")],
                        default="draft",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("approved_on", models.DateField(blank=True, editable=False, null=True, verbose_name="approved on")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="review on")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "impact assessment",
                "verbose_name_plural": "impact assessments",
                "ordering": ["-id"],
                "permissions": [("approve_impactassessment", "Can approve impact assessments")],
            },
        ),
        migrations.CreateModel(
            name="ImpactAssessmentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("registry", "Keeping the registry"),
                            ("credentials", "Credentials and training"),
                            ("ratio", "Planning of support staff"),
                            ("matching", "Matching"),
                            ("assessment", "Assessment"),
                            ("audit", "Audit of fairness"),
                            ("directory", "Public directory"),
                            ("privacy", "Proof of lawful handling"),
                            ("running", "Running of the product, nothing personal"),
                        ],
                        max_length=11,
                        verbose_name="purpose",
                    ),
                ),
                ("description", models.TextField(verbose_name="what is done with which data")),
                ("necessity", models.TextField(verbose_name="why it is lawful, justified and necessary")),
                ("risks", models.TextField(verbose_name="risks for people")),
                ("measures", models.TextField(verbose_name="measures against them")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("approved", "Approved")],
                        default="draft",
                        editable=False,
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("approved_on", models.DateField(blank=True, editable=False, null=True, verbose_name="approved on")),
                ("review_on", models.DateField(blank=True, null=True, verbose_name="review on")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="talent.impactassessment",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="privacyproof",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="f9a41c302fdc0fd4f1d55bbeebf37945fda1c573",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_77058",
                    table="talent_privacyproof",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="privacyproof",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="db62b52e8df7bb18fb97c5faf6993478ae225f5d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_65626",
                    table="talent_privacyproof",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retentionrun",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="6cfab5acdb3b47e59d402c7f3979d57d65620c32",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b0c2b",
                    table="talent_retentionrun",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="retentionrun",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="fccb08095af067669f154623eaca1685fe3c07b0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_21e9a",
                    table="talent_retentionrun",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="rightsrequest",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="rightsrequest",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rights_requests",
                to="talent.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="erasurecase",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="erasure",
                to="talent.rightsrequest",
                verbose_name="request",
            ),
        ),
        migrations.AddField(
            model_name="rightsrequestevent",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="rightsrequestevent",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="talent.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="rightsrequestevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                to="talent.rightsrequest",
            ),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["person", "-at"], name="talent_read_of_person"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["reader", "-at"], name="talent_read_by_reader"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["at"], name="talent_read_at"),
        ),
        migrations.AddConstraint(
            model_name="accesslog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("door__in", ["page", "list", "file", "api", "admin"]),
                    ("fields__len__gt", 0),
                    (
                        "purpose__in",
                        [
                            "case",
                            "verification",
                            "matching",
                            "assessment",
                            "unit",
                            "directory",
                            "share",
                            "rights",
                            "export",
                            "audit",
                            "administration",
                        ],
                    ),
                ),
                name="talent_read_says_why",
                violation_error_message="A read says why and which fields.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accesslog",
            trigger=pgtrigger.compiler.Trigger(
                name="kept_reads",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'DELETE' AND OLD.at < now() - interval '3 years' THEN\n            RETURN OLD;\n        END IF;\n        RAISE EXCEPTION USING\n            ERRCODE = 'restrict_violation',\n            MESSAGE = format('Rows of %s are never changed, and kept for three years.', TG_TABLE_NAME),\n            TABLE = TG_TABLE_NAME,\n            CONSTRAINT = TG_NAME;\n        ",
                    hash="0c57b55726e10c65327e46a146562317cee64ec9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_kept_reads_d4190",
                    table="talent_accesslog",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accesslog",
            trigger=pgtrigger.compiler.Trigger(
                name="kept_reads_whole",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'Reads are kept.', CONSTRAINT = TG_NAME;",
                    hash="1d19d66fa1d52ef9ddb9c0d78f8f5b30950acca5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_kept_reads_whole_dca8d",
                    table="talent_accesslog",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at__gte", models.F("began_at"))),
                name="talent_breach_period",
                violation_error_message="It ended before it began.",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("state", "open")),
                    models.Q(("closed_at", None), ("reported_at__isnull", False), ("state", "reported")),
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    _connector="OR",
                ),
                name="talent_breach_states",
                violation_error_message="A reported or closed breach has the moment of it.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breach",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_breachevent" ("account_id", "began_at", "closed_at", "description", "ended_at", "fields", "harm", "id", "measures", "noticed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at", "state", "title", "told", "told_at") VALUES (NEW."account_id", NEW."began_at", NEW."closed_at", NEW."description", NEW."ended_at", NEW."fields", NEW."harm", NEW."id", NEW."measures", NEW."noticed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reported_at", NEW."state", NEW."title", NEW."told", NEW."told_at"); RETURN NULL;',
                    hash="098015f3941c00e305df9613e2d1d709e52ce442",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c8056",
                    table="talent_breach",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breach",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "talent_breachevent" ("account_id", "began_at", "closed_at", "description", "ended_at", "fields", "harm", "id", "measures", "noticed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at", "state", "title", "told", "told_at") VALUES (NEW."account_id", NEW."began_at", NEW."closed_at", NEW."description", NEW."ended_at", NEW."fields", NEW."harm", NEW."id", NEW."measures", NEW."noticed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reported_at", NEW."state", NEW."title", NEW."told", NEW."told_at"); RETURN NULL;',
                    hash="31c40e97b2fb7db057a4879900cd2d4a185788f4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c3d78",
                    table="talent_breach",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breach",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_breachevent" ("account_id", "began_at", "closed_at", "description", "ended_at", "fields", "harm", "id", "measures", "noticed_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reported_at", "state", "title", "told", "told_at") VALUES (OLD."account_id", OLD."began_at", OLD."closed_at", OLD."description", OLD."ended_at", OLD."fields", OLD."harm", OLD."id", OLD."measures", OLD."noticed_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reported_at", OLD."state", OLD."title", OLD."told", OLD."told_at"); RETURN NULL;',
                    hash="15f2710952f477fd6651105a971103d0cafa9d7e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_51c25",
                    table="talent_breach",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breachevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="73d288fded42d39fb87a23fc736e5a91dc638162",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e25b8",
                    table="talent_breachevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="breachevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="34a50c318ca676788b4a381bf8f86b84baa79fab",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_c58b9",
                    table="talent_breachevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(
                fields=("purpose", "version"),
                name="talent_consent_text_version",
                violation_error_message="There is a text of this version already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("purpose",),
                name="talent_consent_text_current",
                violation_error_message="One text of a purpose is in force at a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consenttext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purpose__in", ["registry", "matching", "directory", "statistics", "share"]),
                    models.Q(("text_zh", ""), _negated=True),
                    models.Q(("text_en", ""), _negated=True),
                ),
                name="talent_consent_text_purpose",
                violation_error_message="A text has a purpose and words in both languages.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consenttext",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'UPDATE' THEN\n            IF (to_jsonb(NEW) - ARRAY['superseded_at']) IS NOT DISTINCT FROM (to_jsonb(OLD) - ARRAY['superseded_at'])\n                AND NOT ((OLD.\"superseded_at\" IS NOT NULL AND NEW.\"superseded_at\" IS DISTINCT FROM OLD.\"superseded_at\")) THEN\n                RETURN NEW;\n            END IF;\n        END IF;\n        \nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n\n        ",
                    hash="19f37c17b205f34165823b7150c96bdbc9c0d74e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ec2ac",
                    table="talent_consenttext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consenttext",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="ab81123ccaf9cf28d56280844a0c797e2481240e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_4128a",
                    table="talent_consenttext",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["purpose", "person"], name="talent_consent_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("person", "purpose", "recipient"),
                name="talent_consent_once",
                nulls_distinct=False,
                violation_error_message="This consent is given already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("expires_on__isnull", False),
                        ("fields__len__gt", 0),
                        ("purpose", "share"),
                        ("recipient__isnull", False),
                    ),
                    models.Q(models.Q(("purpose", "share"), _negated=True), ("fields__len", 0), ("recipient", None)),
                    _connector="OR",
                ),
                name="talent_consent_share_names_all",
                violation_error_message="A share names its recipient, what is shared and until when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["registry", "matching", "directory", "statistics", "share"])),
                name="talent_consent_purpose_known",
                violation_error_message="Choose a purpose.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_as", None), ("ended_at", None)),
                    models.Q(("ended_as__isnull", False), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="talent_consent_end_says_how",
                violation_error_message="An ended consent says how it ended.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        IF TG_OP = 'UPDATE' THEN\n            IF (to_jsonb(NEW) - ARRAY['ended_at', 'ended_as']) IS NOT DISTINCT FROM (to_jsonb(OLD) - ARRAY['ended_at', 'ended_as'])\n                AND NOT ((OLD.\"ended_at\" IS NOT NULL AND NEW.\"ended_at\" IS DISTINCT FROM OLD.\"ended_at\") OR (OLD.\"ended_as\" IS NOT NULL AND NEW.\"ended_as\" IS DISTINCT FROM OLD.\"ended_as\")) THEN\n                RETURN NEW;\n            END IF;\n        END IF;\n        \nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n\n        ",
                    hash="2da3feadedc8482e729b5007e0fa3ed7fa45c0d5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8e05f",
                    table="talent_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="4a683358a1a815f1faa623b461259e26a4b70272",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_5ad47",
                    table="talent_consent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="datahold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "legal"),
                        models.Q(
                            models.Q(("reason", ""), _negated=True), ("lifted_at__isnull", False), _connector="OR"
                        ),
                    ),
                    models.Q(("kind", "wish"), ("until__isnull", False)),
                    _connector="OR",
                ),
                name="talent_hold_known",
                violation_error_message="A legal hold has a reason, a wish to keep longer has a last day.",
            ),
        ),
        migrations.AddConstraint(
            model_name="datahold",
            constraint=models.CheckConstraint(
                condition=models.Q(("lifted_at", None), ("lifted_at__gte", models.F("set_at")), _connector="OR"),
                name="talent_hold_lifted_after_set",
                violation_error_message="A hold is lifted after it was set.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="datahold",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_dataholdevent" ("id", "kind", "lifted_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "set_at", "set_by_id", "until") VALUES (NEW."id", NEW."kind", NEW."lifted_at", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."set_at", NEW."set_by_id", NEW."until"); RETURN NULL;',
                    hash="54d3b5296f915b196407c84ceca6eff115449fee",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1b042",
                    table="talent_datahold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="datahold",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "talent_dataholdevent" ("id", "kind", "lifted_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "set_at", "set_by_id", "until") VALUES (NEW."id", NEW."kind", NEW."lifted_at", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."set_at", NEW."set_by_id", NEW."until"); RETURN NULL;',
                    hash="1354096226e4fa87fa73b14ddda5ac4b39737458",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_27ff0",
                    table="talent_datahold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="datahold",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_dataholdevent" ("id", "kind", "lifted_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "set_at", "set_by_id", "until") VALUES (OLD."id", OLD."kind", OLD."lifted_at", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."set_at", OLD."set_by_id", OLD."until"); RETURN NULL;',
                    hash="826b89c153296a503fbbf0771393e51f7019ef7a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_01aff",
                    table="talent_datahold",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dataholdevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="dfae9fcc5d7db9efa1e8f18b71377a184e06bdee",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_32064",
                    table="talent_dataholdevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dataholdevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="34efac31a99684244331bd1453c77fd8dfa41680",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_bbce9",
                    table="talent_dataholdevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="talent_export_reasoned",
                violation_error_message="Say what the list is for.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None), models.Q(("decided_by", models.F("asked_by")), _negated=True), _connector="OR"
                ),
                name="talent_export_two_people",
                violation_error_message="Somebody else has to decide.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rows__lte", 100),
                    models.Q(("state", "ready"), _negated=True),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="talent_export_large_decided",
                violation_error_message="Above 100 rows a second person has to agree.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_exportrequestevent" ("asked_at", "asked_by_id", "decided_at", "decided_by_id", "decision_reason", "filters", "id", "list_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rows", "state", "taken", "usable_until") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."filters", NEW."id", NEW."list_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."rows", NEW."state", NEW."taken", NEW."usable_until"); RETURN NULL;',
                    hash="6583e481e7f6b978decda45cad6e6a7fd47b157e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_34645",
                    table="talent_exportrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "talent_exportrequestevent" ("asked_at", "asked_by_id", "decided_at", "decided_by_id", "decision_reason", "filters", "id", "list_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rows", "state", "taken", "usable_until") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."filters", NEW."id", NEW."list_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."rows", NEW."state", NEW."taken", NEW."usable_until"); RETURN NULL;',
                    hash="7ff7ba742424c47a68a3736552c56f55102a2e1b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_280f8",
                    table="talent_exportrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_exportrequestevent" ("asked_at", "asked_by_id", "decided_at", "decided_by_id", "decision_reason", "filters", "id", "list_key", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rows", "state", "taken", "usable_until") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."decided_at", OLD."decided_by_id", OLD."decision_reason", OLD."filters", OLD."id", OLD."list_key", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."rows", OLD."state", OLD."taken", OLD."usable_until"); RETURN NULL;',
                    hash="dac4ff4f741ca95a131a020f6433982b77037901",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b69c9",
                    table="talent_exportrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exportrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="0c18720e5ff2db3b5a36dce17307f6f786acbdd3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_08eb8",
                    table="talent_exportrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="exportrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="08230590f07ce2071ee8b682ef7da1c8cb1150e5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_95ffc",
                    table="talent_exportrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="impactassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_on", None), ("state", "draft")),
                    models.Q(("approved_on__isnull", False), ("review_on__isnull", False), ("state", "approved")),
                    _connector="OR",
                ),
                name="talent_impact_approved_on_a_day",
                violation_error_message="An approved assessment has its day and the day of its review.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="impactassessment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_impactassessmentevent" ("approved_by_id", "approved_on", "description", "id", "measures", "necessity", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "review_on", "risks", "state", "title", "written_by_id") VALUES (NEW."approved_by_id", NEW."approved_on", NEW."description", NEW."id", NEW."measures", NEW."necessity", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."purpose", NEW."review_on", NEW."risks", NEW."state", NEW."title", NEW."written_by_id"); RETURN NULL;',
                    hash="5587e1ae354dbd2b4e51ddde4966c7dd1a22a044",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ce28a",
                    table="talent_impactassessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="impactassessment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "talent_impactassessmentevent" ("approved_by_id", "approved_on", "description", "id", "measures", "necessity", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "review_on", "risks", "state", "title", "written_by_id") VALUES (NEW."approved_by_id", NEW."approved_on", NEW."description", NEW."id", NEW."measures", NEW."necessity", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."purpose", NEW."review_on", NEW."risks", NEW."state", NEW."title", NEW."written_by_id"); RETURN NULL;',
                    hash="df7cba531bef9eda174149900850de56545bbd4e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bc0c1",
                    table="talent_impactassessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="impactassessment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_impactassessmentevent" ("approved_by_id", "approved_on", "description", "id", "measures", "necessity", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "review_on", "risks", "state", "title", "written_by_id") VALUES (OLD."approved_by_id", OLD."approved_on", OLD."description", OLD."id", OLD."measures", OLD."necessity", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."purpose", OLD."review_on", OLD."risks", OLD."state", OLD."title", OLD."written_by_id"); RETURN NULL;',
                    hash="b628913240bf8271f1103a560bde2db494b9b595",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7eb30",
                    table="talent_impactassessment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="impactassessmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="27be33ecf74f907cca050adb6c43df686b006de4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_cc23e",
                    table="talent_impactassessmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="impactassessmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="c5f8f5afa73ce4c47ed9955a8cbe64784442f829",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_9fcd8",
                    table="talent_impactassessmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "erasure"), ("state__in", ("received", "in_work"))),
                fields=("person",),
                name="talent_rights_one_erasure",
                violation_error_message="An erasure was asked for already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["access", "correction", "erasure", "objection", "other"]),
                    ("state__in", ["received", "in_work", "granted", "refused", "withdrawn"]),
                ),
                name="talent_rights_known",
                violation_error_message="Choose what you ask for.",
            ),
        ),
        migrations.AddConstraint(
            model_name="rightsrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("state__in", ("received", "in_work"))),
                    models.Q(
                        models.Q(("state__in", ("received", "in_work")), _negated=True), ("answered_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="talent_rights_answered_once_over",
                violation_error_message="A request that is over has the moment of its answer.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rightsrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_rightsrequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "changes", "due_on", "id", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "subject", "words") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."changes", NEW."due_on", NEW."id", NEW."kind", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."state", NEW."subject", NEW."words"); RETURN NULL;',
                    hash="e27e7984d7b64dc09ef2a2b8287434dbc5d5d288",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b3e4f",
                    table="talent_rightsrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rightsrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "talent_rightsrequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "changes", "due_on", "id", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "subject", "words") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."changes", NEW."due_on", NEW."id", NEW."kind", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."state", NEW."subject", NEW."words"); RETURN NULL;',
                    hash="c0654ba3a55d576aad736101ca3c9b3b4c1e07d4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_42f35",
                    table="talent_rightsrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rightsrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "talent_rightsrequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "changes", "due_on", "id", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "subject", "words") VALUES (OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."asked_at", OLD."changes", OLD."due_on", OLD."id", OLD."kind", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."state", OLD."subject", OLD."words"); RETURN NULL;',
                    hash="db90a6e939b99ae635780ab17d6ec3db04b1440f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d115e",
                    table="talent_rightsrequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurecase",
            constraint=models.CheckConstraint(
                condition=models.Q(("receipt_sha256__regex", "^[0-9a-f]{64}$")),
                name="talent_erasure_has_receipt",
                violation_error_message="An erasure has a receipt.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="erasurecase",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="6ed3a20bb679e543c87f692fa9041f6bc38dfa9d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_acf43",
                    table="talent_erasurecase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="erasurecase",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="d1530e86d927110daed0aef2b2fc745d3cf3d5d6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_b82b1",
                    table="talent_erasurecase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rightsrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="5923a4800976fc79ce6c349ef9ba9f6e6a372388",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_580f8",
                    table="talent_rightsrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rightsrequestevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nRAISE EXCEPTION USING\n    ERRCODE = 'restrict_violation',\n    MESSAGE = format('Rows of %s are never changed or deleted.', TG_TABLE_NAME),\n    HINT = 'Record a new row that reverses or supersedes the old one.',\n    TABLE = TG_TABLE_NAME,\n    CONSTRAINT = TG_NAME;\n",
                    hash="d91b0af9c38c3f9a1ba1d6d74e9ebbc7c1b216a0",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_ed412",
                    table="talent_rightsrequestevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunPython(load_texts, migrations.RunPython.noop, elidable=False),
    ]
