"""Calls as everybody may read them. Money is integer fen, moments carry their zone, words come in both languages."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.calls.choices import CallPhase, CallState
from innovation.calls.models import Call, CallDocument
from innovation.calls.queries import public
from innovation.calls.queries.definitions import rubric_content
from innovation.calls.rules import plain


class BothLanguagesSerializer(serializers.Serializer):
    """Words in Chinese and English; empty where there are none."""

    zh = serializers.CharField()
    en = serializers.CharField()


class FormOptionSerializer(serializers.Serializer):
    value = serializers.CharField()
    label = BothLanguagesSerializer()


class FormColumnSerializer(serializers.Serializer):
    """A column of a table: a field within a row."""

    key = serializers.CharField()
    type = serializers.CharField()
    label = BothLanguagesSerializer()
    help = BothLanguagesSerializer()
    unit = serializers.CharField()
    is_required = serializers.BooleanField()
    is_computed = serializers.BooleanField()
    shown_when = serializers.JSONField(allow_null=True, help_text="A rule over the keys of the form; null: always.")
    shown_in = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="States of the case in which it is shown; null: all."
    )
    takes_files = serializers.BooleanField()
    limits = serializers.DictField(help_text="min_length, max, max_rows, max_mb, types …; money in fen.")
    options = FormOptionSerializer(many=True)


class FormFieldSerializer(FormColumnSerializer):
    """One question."""

    columns = FormColumnSerializer(many=True)


class FormSectionSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = BothLanguagesSerializer()
    help = BothLanguagesSerializer()
    shown_when = serializers.JSONField(allow_null=True)
    fields = FormFieldSerializer(many=True)


class FormCheckSerializer(serializers.Serializer):
    """A rule over several fields: an ``error`` keeps an application from being sent, a ``warning`` does not."""

    key = serializers.CharField()
    message = BothLanguagesSerializer()
    level = serializers.CharField()
    rule = serializers.JSONField()


class CallFormSerializer(serializers.Serializer):
    """The form of a call."""

    family = serializers.CharField()
    version = serializers.IntegerField()
    sections = FormSectionSerializer(many=True)
    checks = FormCheckSerializer(many=True)


class RubricConditionSerializer(serializers.Serializer):
    """``is_verified`` is false until somebody held the rule against its published text."""

    id = serializers.CharField()
    text = BothLanguagesSerializer()
    rule = serializers.JSONField()
    is_veto = serializers.BooleanField()
    is_verified = serializers.BooleanField()


class RubricGroupSerializer(serializers.Serializer):
    id = serializers.CharField()
    text = BothLanguagesSerializer()
    max = serializers.JSONField(allow_null=True)
    items = serializers.ListField(child=serializers.DictField())


class CallRubricSerializer(serializers.Serializer):
    """Who is eligible: conditions to be met and, for titles, groups of points."""

    family = serializers.CharField()
    version = serializers.IntegerField()
    source = serializers.CharField()
    conditions = RubricConditionSerializer(many=True)
    direct = RubricConditionSerializer(many=True)
    groups = RubricGroupSerializer(many=True)
    passes = serializers.JSONField(allow_null=True)


class CriterionSerializer(serializers.Serializer):
    key = serializers.CharField()
    text = BothLanguagesSerializer()
    help = BothLanguagesSerializer()
    weight = serializers.IntegerField()


class CallScoringSerializer(serializers.Serializer):
    """By what reviewers score, each criterion from 0 to ``scale``."""

    scale = serializers.IntegerField()
    criteria = CriterionSerializer(many=True)


class CallStepSerializer(serializers.Serializer):
    """A step after the application, in the language of the request."""

    title = serializers.CharField()
    public = serializers.CharField(help_text="What applicants read then.")
    days = serializers.ListField(child=serializers.CharField())


class PublicDocumentSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = CallDocument
        fields = ["title", "file_name", "file_kind", "size", "sha256", "url"]

    def get_url(self, document: CallDocument) -> str:
        return _address(self, reverse("calls:call_document", args=[document.pk]))


class PublicCallSerializer(serializers.ModelSerializer):
    """A call in the list."""

    process = serializers.CharField(source="process.family", read_only=True)
    goal = serializers.SlugRelatedField(slug_field="code", read_only=True)
    programme = serializers.SlugRelatedField(slug_field="code", read_only=True)
    phase = serializers.ChoiceField(CallPhase.choices, source="phase_now", read_only=True)
    is_cancelled = serializers.SerializerMethodField()
    takes_applications = serializers.SerializerMethodField(help_text="Whether an application may be sent now.")
    sectors = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Sectors that may apply; empty: all."
    )
    url = serializers.SerializerMethodField(help_text="The page for people.")

    class Meta:
        model = Call
        fields = [
            "code", "kind", "process", "title_zh", "title_en", "summary_zh", "summary_en", "phase", "is_cancelled",
            "takes_applications", "opens_at", "closes_at", "for_organisations", "sectors", "budget_fen",
            "max_award_fen", "goal", "programme", "published_at", "url",
        ]  # fmt: skip

    def get_is_cancelled(self, call: Call) -> bool:
        return call.state == CallState.CANCELLED

    def get_takes_applications(self, call: Call) -> bool:
        return call.takes_at(timezone.now())

    def get_url(self, call: Call) -> str:
        return _address(self, call.get_absolute_url())


class PublicCallDetailSerializer(PublicCallSerializer):
    """The same with its words, form, eligibility, scoring, steps and documents."""

    steps = serializers.SerializerMethodField()
    form = serializers.SerializerMethodField()
    eligibility = serializers.SerializerMethodField(help_text="Null where the call has no rubric.")
    scoring = serializers.SerializerMethodField(help_text="Null where nobody scores.")
    documents = PublicDocumentSerializer(many=True, read_only=True)

    class Meta(PublicCallSerializer.Meta):
        fields = [
            *PublicCallSerializer.Meta.fields, "who_zh", "who_en", "text_zh", "text_en", "contact",
            "one_per_organisation", "is_blind", "reviewers_needed", "extension_reason", "cancel_reason", "steps",
            "form", "eligibility", "scoring", "documents",
        ]  # fmt: skip

    @extend_schema_field(CallStepSerializer(many=True))
    def get_steps(self, call: Call) -> list[dict[str, Any]]:
        deadlines = call.deadlines.content if call.deadlines else None
        return CallStepSerializer(public.steps_of(call.process.content, deadlines), many=True).data

    @extend_schema_field(CallFormSerializer)
    def get_form(self, call: Call) -> dict[str, Any]:
        head = {"family": call.form.family, "version": call.form.version}
        return CallFormSerializer(head | plain.form_shape(call.form.content)).data

    @extend_schema_field(CallRubricSerializer(allow_null=True))
    def get_eligibility(self, call: Call) -> dict[str, Any] | None:
        if call.rubric is None:
            return None
        head = {"family": call.rubric.family, "version": call.rubric.version, "source": call.rubric.source}
        return CallRubricSerializer(head | plain.rubric_shape(rubric_content(call.rubric))).data

    @extend_schema_field(CallScoringSerializer(allow_null=True))
    def get_scoring(self, call: Call) -> dict[str, Any] | None:
        if call.score_sheet is None:
            return None
        return CallScoringSerializer(plain.sheet_shape(call.score_sheet.content)).data


def _address(serializer: serializers.BaseSerializer[Any], path: str) -> str:
    request = serializer.context.get("request")
    return request.build_absolute_uri(path) if request else path
