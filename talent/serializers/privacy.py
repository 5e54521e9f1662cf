"""Consents and reads as the API speaks of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from innovation.organisations.models import Organisation
from talent.actions.consents import give_consent, share_with
from talent.actions.rights import ask, propose_correction
from talent.choices.privacy import ConsentChannel, Purpose, RightsKind, SharedField
from talent.models import AccessLog, Consent, ConsentText, ErasureCase, Person, RightsRequest
from talent.models.rights import sees_requests
from talent.queries.erasable import DELETED, EMPTIED, KEPT
from talent.queries.own import person_of
from talent.rules.corrections import CORRECTABLE

NO_RECORD = _("You have no record in the registry of talent")


class ConsentTextSerializer(serializers.ModelSerializer):
    """What people are asked to agree to."""

    class Meta:
        model = ConsentText
        fields = [
            "id", "purpose", "version", "text_zh", "text_en", "is_separate", "is_optional", "valid_from",
            "superseded_at",
        ]  # fmt: skip


class ConsentSerializer(serializers.ModelSerializer):
    """A consent. POST gives one in the caller's own name: ``purpose`` and ``text``, or for a share with whom and what.

    ``shared``, ``recipient`` and ``expires_on`` belong to a share and to nothing else.
    """

    purpose = serializers.ChoiceField(choices=Purpose.choices)
    text = serializers.PrimaryKeyRelatedField(queryset=ConsentText.objects.all(), required=False)
    recipient = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all(), required=False, allow_null=True)
    shared = serializers.MultipleChoiceField(choices=SharedField.choices, source="fields", required=False)

    class Meta:
        model = Consent
        fields = [
            "id", "person", "purpose", "text", "language", "channel", "recipient", "shared", "expires_on", "given_at",
            "ended_at", "ended_as",
        ]  # fmt: skip
        read_only_fields = ["person", "language", "channel", "given_at", "ended_at", "ended_as"]

    def create(self, validated: dict[str, Any]) -> Consent:
        user = self.context["request"].user
        person = person_of(user)
        if person is None:
            raise serializers.ValidationError({"person": [NO_RECORD]})
        if validated["purpose"] == Purpose.SHARE:
            return self._share(person, validated)
        if "text" not in validated:
            raise serializers.ValidationError({"text": [serializers.Field.default_error_messages["required"]]})
        return give_consent(
            person_id=person.pk, purpose=validated["purpose"], text_id=validated["text"].pk, actor=user,
            channel=ConsentChannel.API,
        )  # fmt: skip

    def _share(self, person: Person, validated: dict[str, Any]) -> Consent:
        required = [name for name in ("recipient", "expires_on") if not validated.get(name)]
        if required:
            words = serializers.Field.default_error_messages["required"]
            raise serializers.ValidationError({name: [words] for name in required})
        return share_with(
            person_id=person.pk, recipient=validated["recipient"], fields=validated.get("fields", ()),
            expires_on=validated["expires_on"], actor=self.context["request"].user, channel=ConsentChannel.API,
        )  # fmt: skip


class AccessLogSerializer(serializers.ModelSerializer):
    """A read. People see the reader's unit; the name is for the privacy officer and the audit."""

    read = serializers.ListField(child=serializers.CharField(), source="fields", read_only=True)

    class Meta:
        model = AccessLog
        fields = ["id", "at", "person", "reader_unit", "reader_label", "read", "purpose", "door"]

    def to_representation(self, row: AccessLog) -> dict[str, Any]:
        shown = super().to_representation(row)
        if not sees_requests(self.context["request"].user):
            shown["reader_label"] = ""
        return shown


class RightsRequestSerializer(serializers.ModelSerializer):
    """A request on one's own data. POST asks in the caller's own name; ``values`` propose a correction."""

    values = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, write_only=True)

    class Meta:
        model = RightsRequest
        fields = [
            "id", "person", "kind", "state", "words", "subject", "values", "changes", "asked_at", "due_on", "answer",
            "answered_at",
        ]  # fmt: skip
        read_only_fields = ["person", "state", "changes", "asked_at", "due_on", "answer", "answered_at"]

    def create(self, validated: dict[str, Any]) -> RightsRequest:
        user = self.context["request"].user
        person = person_of(user)
        if person is None:
            raise serializers.ValidationError({"person": [NO_RECORD]})
        words = validated.get("words", "")
        if validated["kind"] == RightsKind.CORRECTION:
            known = {fact.name for fact in CORRECTABLE}
            values = {name: text for name, text in validated.get("values", {}).items() if name in known}
            return propose_correction(person_id=person.pk, values=values, words=words, actor=user)
        subject = validated.get("subject", "")
        return ask(person_id=person.pk, kind=validated["kind"], words=words, subject=subject, actor=user)


class RightsAnswerSerializer(serializers.Serializer):
    """What the privacy officer answers. An erasure is granted by carrying it out with the code of its dry run."""

    grant = serializers.BooleanField()
    words = serializers.CharField()


class ErasurePlaceSerializer(serializers.Serializer):
    """One place of the dry run."""

    key = serializers.CharField()
    label = serializers.CharField()
    action = serializers.ChoiceField(choices=[EMPTIED, DELETED, KEPT])
    rows = serializers.IntegerField()


class DryRunSerializer(serializers.Serializer):
    """Everything that an erasure would change, what stands against it, and the code that confirms this list."""

    code = serializers.CharField()
    obstacles = serializers.ListField(child=serializers.CharField())
    places = ErasurePlaceSerializer(many=True)


class EraseSerializer(serializers.Serializer):
    code = serializers.CharField(allow_blank=True)


class ReceiptSerializer(serializers.ModelSerializer):
    """The receipt of an erasure."""

    class Meta:
        model = ErasureCase
        fields = ["id", "person", "cause", "found", "kept", "erased_at", "backup_until", "receipt_sha256"]
