"""Quarterly figures and cap tables of companies as the API shows and takes them. Amounts are integer fen."""

from typing import Any

from rest_framework import serializers

from funds.actions.cap_entries import record_entry
from funds.actions.companies import record_quarter
from funds.choices.companies import CapEntryKind
from funds.imports.companies import send_cap_table
from funds.models import CapRecord, CapReversal, CompanyFile, CompanyQuarter
from funds.models.companies import FIGURES
from funds.rules.cap_securities import Entry
from funds.serializers.deals import actor_of
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation


class CompanyQuarterSerializer(serializers.ModelSerializer):
    """One quarter of a company. POST records it; other figures than those that stand need a reason."""

    class Meta:
        model = CompanyQuarter
        fields = [
            "id", "company", "quarter_end", *FIGURES, "source", "paper", "reason", "recorded_at", "superseded_at",
            "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["recorded_at", "superseded_at", "recorded_by"]
        # The action supersedes what stands; the constraint would refuse it first.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> CompanyQuarter:
        data = dict(validated_data)
        paper = data.pop("paper", None)
        return record_quarter(
            company_id=data.pop("company").pk, paper_id=paper.pk if paper else None, actor=actor_of(self), **data
        )


class CapRecordSerializer(serializers.ModelSerializer):
    """One object of a cap table in the Open Cap Format, whole."""

    class Meta:
        model = CapRecord
        fields = ["id", "company", "kind", "ocf_id", "effective_on", "data", "recorded_at", "superseded_at"]
        read_only_fields = fields


class CapReversalSerializer(serializers.ModelSerializer):
    """An entry made by hand that was taken back; POST needs the reason."""

    class Meta:
        model = CapReversal
        fields = ["id", "record", "reason", "reversed_at", "reversed_by"]
        read_only_fields = ["record", "reversed_at", "reversed_by"]


class CapEntrySerializer(serializers.Serializer):
    """A transaction of a cap table under the names of the Open Cap Format; prices and amounts in yuan, as text.

    ``object_type`` decides what is needed; what it does not know is refused. ``quantity`` or ``amount`` left out means
    all of the security. ``stakeholder``, ``stock_class`` and ``plan_name`` are names; new ones are added.
    """

    company = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.current())
    object_type = serializers.ChoiceField(choices=CapEntryKind.choices)
    date = serializers.DateField()
    security_id = serializers.CharField(required=False, max_length=120)
    stakeholder = serializers.CharField(required=False, max_length=200)
    stakeholder_type = serializers.ChoiceField(choices=["INSTITUTION", "INDIVIDUAL"], required=False)
    stock_class = serializers.CharField(required=False, max_length=100)
    class_type = serializers.ChoiceField(choices=["COMMON", "PREFERRED"], required=False)
    quantity = serializers.DecimalField(30, 10, required=False)
    new_shares = serializers.DecimalField(30, 10, required=False)
    price = serializers.DecimalField(30, 10, required=False)
    amount = serializers.DecimalField(30, 10, required=False)
    plan_name = serializers.CharField(required=False, max_length=200)
    initial_shares_reserved = serializers.DecimalField(30, 10, required=False)
    expiration_date = serializers.DateField(required=False)
    reason_text = serializers.CharField(required=False, max_length=300)
    custom_id = serializers.CharField(required=False, max_length=60)

    def create(self, validated_data: dict[str, Any]) -> list[CapRecord]:
        data = dict(validated_data)
        company, kind = data.pop("company"), CapEntryKind(data.pop("object_type"))
        if "stakeholder_type" in data:
            data["is_institution"] = data.pop("stakeholder_type") == "INSTITUTION"
        if "class_type" in data:
            data["is_preferred"] = data.pop("class_type") == "PREFERRED"
        given = {ENTRY_NAMES.get(name, name): value for name, value in data.items()}
        try:
            return record_entry(company_id=company.pk, entry=Entry(kind=kind, **given), actor=actor_of(self))
        except RuleViolation as violation:
            violation.field = API_NAMES.get(violation.field or "", violation.field)
            raise


ENTRY_NAMES = {
    "date": "on", "plan_name": "plan", "initial_shares_reserved": "reserved", "expiration_date": "expires_on",
    "reason_text": "reason", "custom_id": "number",
}  # fmt: skip
API_NAMES = {own: name for name, own in ENTRY_NAMES.items()}


class CompanyFileSerializer(serializers.ModelSerializer):
    """An Open Cap Format package. POST checks it and keeps the report; ``confirm`` writes it."""

    file = serializers.FileField(write_only=True)
    company = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all())

    class Meta:
        model = CompanyFile
        fields = [
            "id", "kind", "company", "file", "file_name", "sha256", "report", "created_at", "created_by", "written_at",
        ]  # fmt: skip
        read_only_fields = ["kind", "file_name", "sha256", "report", "created_at", "created_by", "written_at"]

    def create(self, validated_data: dict[str, Any]) -> CompanyFile:
        return send_cap_table(
            upload=validated_data["file"], company_id=validated_data["company"].pk, actor=actor_of(self)
        )
