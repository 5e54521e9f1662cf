"""Own applications as the API shows and takes them. Money is integer fen; answers have the form that pages store."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.calls.choices import ApplicationState
from innovation.calls.models import AnswerFile, Application, Call, Submission
from innovation.calls.queries import applying
from innovation.calls.rules import forms


class OwnFileSerializer(serializers.ModelSerializer):
    """A file of a field. POST ``key`` and ``file``."""

    file = serializers.FileField(write_only=True)

    class Meta:
        model = AnswerFile
        fields = ["id", "key", "file", "file_name", "file_kind", "size", "sha256", "uploaded_at"]
        read_only_fields = ["file_name", "file_kind", "size", "sha256", "uploaded_at"]


class OwnSubmissionSerializer(serializers.ModelSerializer):
    """The receipt of one submission."""

    number = serializers.CharField(source="application.number", read_only=True)

    class Meta:
        model = Submission
        fields = ["number", "serial", "submitted_at", "submitted_label", "sha256", "answers", "files"]


class OwnApplicationSerializer(serializers.ModelSerializer):
    """An application in the words that applicants read: public state and what happens next."""

    call = serializers.SlugRelatedField(slug_field="code", read_only=True)
    public_state = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = [
            "id", "number", "call", "organisation", "title", "public_state", "next_step", "due_on", "requested_fen",
            "own_fen", "created_at", "submitted_at", "state_since",
        ]  # fmt: skip

    def get_public_state(self, application: Application) -> str:
        return str(application.state_names[ApplicationState(application.state)].public)

    def get_next_step(self, application: Application) -> str:
        return str(application.state_names[ApplicationState(application.state)].next_step)


class OwnAnswerSerializer(serializers.Serializer):
    """One answer with the revision that a change of it names as ``base``."""

    value = serializers.JSONField(allow_null=True)
    revision = serializers.IntegerField()


class SectionProgressSerializer(serializers.Serializer):
    section = serializers.CharField()
    status = serializers.CharField()
    shown = serializers.IntegerField()
    answered = serializers.IntegerField()


class OwnApplicationDetailSerializer(OwnApplicationSerializer):
    """The same with its form, answers, files and progress."""

    form = serializers.JSONField(source="form.content", read_only=True)
    answers = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    submissions = OwnSubmissionSerializer(many=True, read_only=True)

    class Meta(OwnApplicationSerializer.Meta):
        fields = [*OwnApplicationSerializer.Meta.fields, "form", "answers", "files", "progress", "submissions"]

    @extend_schema_field(serializers.DictField(child=OwnAnswerSerializer()))
    def get_answers(self, application: Application) -> dict[str, Any]:
        rows = application.answers.values_list("key", "value", "revision")
        return {key: {"value": value, "revision": revision} for key, value, revision in rows}

    @extend_schema_field(OwnFileSerializer(many=True))
    def get_files(self, application: Application) -> list[dict[str, Any]]:
        return OwnFileSerializer(application.files.filter(removed_at=None), many=True).data

    @extend_schema_field(SectionProgressSerializer(many=True))
    def get_progress(self, application: Application) -> list[dict[str, Any]]:
        files = applying.file_facts(applying.files_by_field(application))
        rows = forms.progress(application.form.content, applying.answers_of(application), files, application.state)
        return SectionProgressSerializer(rows, many=True).data


class StartApplicationSerializer(serializers.Serializer):
    """Begin a draft: the code of the call, and the organisation that applies where organisations do."""

    call = serializers.SlugRelatedField(slug_field="code", queryset=Call.objects.none())
    organisation = serializers.IntegerField(required=False, allow_null=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request := self.context.get("request"):
            self.fields["call"].queryset = Call.objects.visible_to(request.user)


class TypedAnswerSerializer(serializers.Serializer):
    """What is to stand in a field, and the revision that it replaces (0: none yet)."""

    value = serializers.JSONField(allow_null=True)
    base = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class SaveAnswersSerializer(serializers.Serializer):
    answers = serializers.DictField(child=TypedAnswerSerializer())


class AnswerConflictSerializer(serializers.Serializer):
    """A field that changed meanwhile: what is stored, its revision, and what was sent."""

    key = serializers.CharField()
    stored = serializers.JSONField(allow_null=True)
    revision = serializers.IntegerField()
    typed = serializers.JSONField(allow_null=True)


class SavedAnswersSerializer(serializers.Serializer):
    """``faults`` warn and refuse nothing; ``closed`` are fields that take nothing now."""

    revisions = serializers.DictField(child=serializers.IntegerField())
    faults = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    conflicts = AnswerConflictSerializer(many=True)
    closed = serializers.ListField(child=serializers.CharField())
    saved_at = serializers.DateTimeField()


class SubmitApplicationSerializer(serializers.Serializer):
    """``declaration`` says that all is true and complete; ``answer`` is for what the office asked, ``agreed`` the
    key of the words of the kind of call, as the refusal without it gives them.
    """

    declaration = serializers.BooleanField()
    answer = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")
    agreed = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
