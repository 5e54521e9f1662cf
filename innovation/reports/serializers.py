from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.reports import registry
from innovation.reports.choices import Format
from innovation.reports.models import ReportFile, ReportRun


class KindSerializer(serializers.Serializer):
    """A kind of report that the caller may ask."""

    code = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    version = serializers.CharField()
    parameters = serializers.SerializerMethodField()

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "label", "required", "choices"],
                "properties": {
                    "name": {"type": "string"},
                    "label": {"type": "string"},
                    "help": {"type": "string"},
                    "required": {"type": "boolean"},
                    "choices": {"type": "array", "nullable": True, "items": {"type": "string"}},
                },
            },
        }
    )
    def get_parameters(self, kind: registry.ReportKind) -> list[dict[str, Any]]:
        """Name, label, whether required, and fixed choices of each parameter."""
        return [
            {
                "name": name,
                "label": str(field.label or name),
                "help": str(field.help_text),
                "required": field.required,
                "choices": _fixed_choices(field),
            }
            for name, field in kind.parameters.base_fields.items()
        ]


def _fixed_choices(field: Any) -> list[str] | None:
    """Values of a field with written-down choices; None when it is free or picks records."""
    choices = None if hasattr(field, "queryset") else getattr(field, "choices", None)
    return [str(value) for value, _label in choices if value not in ("", None)] if choices else None


class FileSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportFile
        fields = ["format", "size", "sha256", "url"]

    @extend_schema_field(serializers.URLField)
    def get_url(self, file: ReportFile) -> str:
        return self.context["request"].build_absolute_uri(
            reverse("api:report-run-file", args=[file.run_id, Format(file.format).value])
        )


class RunSerializer(serializers.ModelSerializer):
    """A run with its files; ``state`` is queued, running, done or failed."""

    title = serializers.CharField(read_only=True)
    files = FileSerializer(many=True, read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportRun
        fields = [
            "id", "url", "kind", "title", "kind_version", "parameters", "period", "as_of", "known_at", "language",
            "state", "progress", "note", "error", "attempts", "asked_by", "created_at", "started_at", "finished_at",
            "inputs_hash", "data_hash", "engine_version", "files",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.URLField)
    def get_url(self, run: ReportRun) -> str:
        """The page of the run, for people."""
        return self.context["request"].build_absolute_uri(run.get_absolute_url())


class QuestionSerializer(serializers.Serializer):
    """What to ask. Without ``as_of`` today counts, without ``known_at`` this moment."""

    kind = serializers.CharField(max_length=60)
    parameters = serializers.DictField(required=False, default=dict)
    as_of = serializers.DateField(required=False, allow_null=True, default=None)
    known_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default=None, allow_null=True)
    mail_to_asker = serializers.BooleanField(required=False, default=False)
