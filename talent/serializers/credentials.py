"""Credentials, schemes, entries and training as the API shows and takes them. Credits are exact decimals or fractions
in text.
"""

from fractions import Fraction
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from talent.choices.credentials import Verdict, VerificationMethod
from talent.models import (
    AuditLook,
    AuditSample,
    Cohort,
    CpdCycle,
    CpdEntry,
    Credential,
    Enrolment,
    Scheme,
    SchemeVersion,
    TrainingProgramme,
)
from talent.reports.certificate import address_of, dated_facts, in_force_on, public_holder


class CredentialSchemeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Scheme
        fields = [
            "id", "code", "name_zh", "name_en", "issuer", "kind", "levels", "recognised_by", "refused_by",
            "recognition_scope",
        ]  # fmt: skip


class SchemeVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = SchemeVersion
        fields = [
            "id", "scheme", "version", "authority", "valid_from", "valid_to", "date_precision", "status", "source",
            "open_points", "rules", "confirmed_on",
        ]  # fmt: skip


class CpdCycleSerializer(serializers.ModelSerializer):
    carry_in = serializers.CharField(read_only=True)
    total = serializers.CharField(read_only=True)
    carry_over = serializers.CharField(read_only=True)

    class Meta:
        model = CpdCycle
        fields = [
            "id", "credential", "version", "purpose", "starts_on", "ends_on", "carry_in", "closed_on", "is_met",
            "total", "carry_over",
        ]  # fmt: skip


class CredentialSerializer(serializers.ModelSerializer):
    certificate = serializers.SerializerMethodField()

    class Meta:
        model = Credential
        fields = [
            "id", "person", "version", "level", "number", "state", "granted_on", "expires_on", "renewal_filed_on",
            "ended_on", "end_reason", "certificate",
        ]  # fmt: skip

    def get_certificate(self, credential: Credential) -> str | None:
        """Address of the public page; null before the grant."""
        return address_of(credential) if credential.granted_on else None


class OpenCredentialSerializer(serializers.Serializer):
    """A candidacy of the person behind the account, or of ``person`` when an officer asks."""

    version = serializers.PrimaryKeyRelatedField(queryset=SchemeVersion.objects.all())
    level = serializers.CharField(max_length=30, allow_blank=True, default="")
    person = serializers.IntegerField(required=False)


class CredentialStepSerializer(serializers.Serializer):
    """What a step takes besides its name; ``reason`` where one is asked."""

    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class GrantCredentialSerializer(serializers.Serializer):
    granted_on = serializers.DateField()
    number = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500)


class StandingSerializer(serializers.Serializer):
    """How the open cycle stands; credits as exact text."""

    status = serializers.CharField()
    version = serializers.CharField(allow_null=True)
    counted_total = serializers.CharField()
    required = serializers.CharField(allow_null=True)
    missing_total = serializers.CharField()
    carried_in = serializers.CharField()
    carry_over = serializers.CharField()
    category_credits = serializers.DictField(child=serializers.CharField())
    missing_minima = serializers.DictField(child=serializers.CharField())
    rejected = serializers.DictField(child=serializers.CharField())


class CpdEntrySerializer(serializers.ModelSerializer):
    quantity = serializers.CharField(read_only=True)

    class Meta:
        model = CpdEntry
        fields = ["id", "cycle", "person", "category", "title", "day", "quantity", "file_name", "sha256", "state",
                  "filed_at"]  # fmt: skip


class FileEntrySerializer(serializers.Serializer):
    """An entry with its proof, sent as multipart."""

    cycle = serializers.PrimaryKeyRelatedField(queryset=CpdCycle.objects.all())
    category = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=200)
    day = serializers.DateField()
    quantity = serializers.DecimalField(max_digits=9, decimal_places=3, min_value=0)
    file = serializers.FileField(required=False)

    def values(self) -> dict[str, Any]:
        data = self.validated_data
        return {
            "category": data["category"], "title": data["title"], "day": data["day"],
            "quantity": Fraction(data["quantity"]), "upload": data.get("file"),
        }  # fmt: skip


class VerifyEntrySerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    method = serializers.ChoiceField(choices=VerificationMethod.choices)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AuditSampleSerializer(serializers.ModelSerializer):
    share = serializers.CharField(read_only=True)

    class Meta:
        model = AuditSample
        fields = ["id", "seed", "share", "verified_from", "verified_to", "population", "drawn_at"]


class AuditLookSerializer(serializers.ModelSerializer):
    class Meta:
        model = AuditLook
        fields = ["id", "sample", "entry", "verdict", "note", "looked_at"]


class TrainingProgrammeSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrainingProgramme
        fields = ["id", "code", "name_zh", "name_en", "base", "version", "level", "hours", "attendance_percent",
                  "modules"]  # fmt: skip


class CohortSerializer(serializers.ModelSerializer):
    taken = serializers.IntegerField(read_only=True)
    passed = serializers.IntegerField(read_only=True)
    placed = serializers.IntegerField(read_only=True)

    class Meta:
        model = Cohort
        fields = ["id", "programme", "number", "seats", "starts_on", "ends_on", "state", "filed_on", "taken", "passed",
                  "placed"]  # fmt: skip


class EnrolmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Enrolment
        fields = ["id", "cohort", "person", "attended_hours", "result", "result_on", "placed_at", "placed_on",
                  "unified_number", "credential"]  # fmt: skip


class CertificateSerializer(serializers.Serializer):
    """What anybody reads of a certificate: whether it is in force now, and what stands on it."""

    code = serializers.CharField()
    in_force = serializers.SerializerMethodField()
    state = serializers.CharField()
    holder = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    def get_in_force(self, credential: Credential) -> bool:
        return in_force_on(credential, timezone.localdate())

    def get_holder(self, credential: Credential) -> str:
        """The name where the holder shows it, else its first letter and stars."""
        return public_holder(credential)

    def get_facts(self, credential: Credential) -> dict[str, str]:
        """Labels in the reader's language with their texts."""
        return dict(dated_facts(credential))
