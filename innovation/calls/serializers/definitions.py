"""Definitions as officers read and write them by program; ``content`` is what ``innovation.calls.rules`` documents."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.calls.choices import SourceStatus
from innovation.calls.definition_words import fault_words
from innovation.calls.models import Definition
from innovation.calls.queries.definitions import faults_of, kind_of


class DefinitionKindSerializer(serializers.Serializer):
    """One kind of definition, and where its list is."""

    kind = serializers.CharField()
    name = serializers.CharField()
    families = serializers.IntegerField()
    url = serializers.URLField()


class DefinitionFaultSerializer(serializers.Serializer):
    """What keeps a draft from being published: JSON path, code and words."""

    path = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class DefinitionSerializer(serializers.Serializer):
    """One version of a definition. POST writes a draft: of a family that exists, its next version."""

    id = serializers.IntegerField(read_only=True)
    kind = serializers.SerializerMethodField()
    family = serializers.SlugField(max_length=60)
    version = serializers.IntegerField(read_only=True)
    title_zh = serializers.CharField(max_length=200)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    definition_state = serializers.CharField(source="state", read_only=True, help_text="DRAFT, PUBLISHED or RETIRED.")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    source_status = serializers.CharField(
        required=False, help_text=f"Held against its source: {', '.join(SourceStatus.values)}."
    )
    created_at = serializers.DateTimeField(read_only=True)
    published_at = serializers.DateTimeField(read_only=True)
    confirmed_at = serializers.DateTimeField(read_only=True)

    def get_kind(self, definition: Definition) -> str:
        return str(kind_of(definition))


class DefinitionDetailSerializer(DefinitionSerializer):
    """The same with its content and, of a draft, what keeps it from being published."""

    content = serializers.JSONField()
    faults = serializers.SerializerMethodField()

    @extend_schema_field(DefinitionFaultSerializer(many=True))
    def get_faults(self, definition: Definition) -> list[dict[str, Any]]:
        return [
            {"path": one.path, "code": one.code, "message": fault_words(one.code, one.facts)}
            for one in faults_of(definition)
        ]


class DefinitionReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300, help_text="Why there is a new version.")


class DefinitionSourceSerializer(serializers.Serializer):
    source = serializers.CharField(max_length=300, help_text="Document, number and date that it was held against.")


class DefinitionTrySerializer(serializers.Serializer):
    """Sample values, and the choices that the kind knows."""

    sample = serializers.DictField(
        required=False, default=dict, help_text="Answers of a form, facts of a rubric, context of a step, placeholders."
    )
    state = serializers.CharField(required=False, help_text="Form, process: state of the case.")
    event = serializers.CharField(required=False, help_text="Process: the step that is asked for.")
    role = serializers.CharField(required=False, help_text="Process: who asks.")
    application_kind = serializers.ChoiceField(["new", "recheck"], required=False, help_text="Rubric.")
    day = serializers.DateField(required=False, help_text="Deadlines: the day from which they count.")
    language = serializers.RegexField("^(zh|en)$", required=False, help_text="Mail text: zh or en.")


class DefinitionSheetSerializer(serializers.Serializer):
    """A table in the language of the request."""

    title = serializers.CharField()
    heads = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))


class DefinitionTriedSerializer(serializers.Serializer):
    """What would be seen, and what it answers; both are empty while there are faults. Nothing is kept."""

    faults = DefinitionFaultSerializer(many=True)
    preview = DefinitionSheetSerializer(many=True)
    answers = DefinitionSheetSerializer(many=True)


class DefinitionDifferenceSerializer(serializers.Serializer):
    path = serializers.CharField()
    change = serializers.CharField(source="kind", help_text="added, removed or changed")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DefinitionComparedSerializer(serializers.Serializer):
    """What this version changed; ``other`` is the version that it was held against, null where there is none."""

    other = serializers.IntegerField(allow_null=True)
    differences = DefinitionDifferenceSerializer(many=True)


class DefinitionStoredChangeSerializer(serializers.Serializer):
    """One application, and in the language of the request what both versions say of it."""

    application = serializers.IntegerField(source="application.pk")
    number = serializers.CharField(source="application.number", allow_null=True)
    before = serializers.CharField()
    after = serializers.CharField()


class DefinitionStoredSerializer(serializers.Serializer):
    """How many were tried, and those that this version would judge otherwise than their own one."""

    tried = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="There are more; only the newest were tried.")
    changes = DefinitionStoredChangeSerializer(many=True)


class DefinitionFileSerializer(serializers.Serializer):
    """A definition as it leaves one installation and enters another. ``sha256`` may be left out."""

    format = serializers.CharField()
    format_version = serializers.IntegerField()
    kind = serializers.CharField()
    family = serializers.CharField()
    version = serializers.IntegerField(required=False)
    title = serializers.DictField(child=serializers.CharField(allow_blank=True))
    source = serializers.CharField(required=False, allow_blank=True)
    source_status = serializers.CharField(required=False)
    content = serializers.JSONField()
    sha256 = serializers.CharField(required=False)
