"""People, posts, profiles and skills as the API shows them. No field tells age, sex or an identity number."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from talent.actions.posts import record_post
from talent.choices.people import DirectoryField, OrcidState, RoleKind
from talent.models import Affiliation, Laboratory, Person, RoleProfile, Skill, SkillClaim


class PersonSerializer(serializers.ModelSerializer):
    """A person for the office, and for oneself."""

    class Meta:
        model = Person
        fields = [
            "id", "uuid", "family_name", "given_name", "name_zh", "name_en", "former_names", "home", "orcid",
            "orcid_state", "is_listed", "shown_fields", "offers", "available_until", "registered_at",
        ]  # fmt: skip
        read_only_fields = fields


class RoleProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = RoleProfile
        fields = ["id", "person", "kind", "state", "state_since", "valid_from", "valid_until", "application"]
        read_only_fields = fields


class RoleStepSerializer(serializers.Serializer):
    """An event of the table of role profiles, with its reason where one is needed."""

    event = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=1000, required=False, default="")


class LaboratorySerializer(serializers.ModelSerializer):
    class Meta:
        model = Laboratory
        fields = ["id", "organisation", "code", "name_zh", "name_en", "opened_on", "closed_on"]


class AffiliationSerializer(serializers.ModelSerializer):
    """A post; ``fte_centi`` are hundredths of full time. POST records it by the same rules as the pages."""

    class Meta:
        model = Affiliation
        fields = [
            "id", "person", "organisation", "laboratory", "title", "duty", "post_class", "r_profile",
            "frascati_class", "fte_centi", "valid_from", "valid_to", "funding", "confirmed_at", "recorded_at",
        ]  # fmt: skip
        read_only_fields = ["confirmed_at", "recorded_at"]

    def create(self, validated_data: dict[str, Any]) -> Affiliation:
        data = dict(validated_data)
        return record_post(person_id=data.pop("person").pk, actor=self.context["request"].user, **data)


class SkillSerializer(serializers.ModelSerializer):
    class Meta:
        model = Skill
        fields = [
            "id", "vocabulary", "uri", "parent", "is_area", "name_zh", "name_en", "release", "is_verified",
            "is_current",
        ]  # fmt: skip
        read_only_fields = fields


class SkillClaimSerializer(serializers.ModelSerializer):
    skill_uri = serializers.CharField(source="skill.uri", read_only=True)

    class Meta:
        model = SkillClaim
        fields = ["id", "person", "skill", "skill_uri", "level", "note", "state", "state_since", "verified_on"]
        read_only_fields = fields


class DirectoryPersonSerializer(serializers.Serializer):
    """A person of the public directory: name and kinds, and what the person shows; the rest is null."""

    uuid = serializers.UUIDField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    kinds = serializers.SerializerMethodField()
    post = serializers.SerializerMethodField()
    division = serializers.SerializerMethodField()
    orcid = serializers.SerializerMethodField()
    offers = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=RoleKind.choices)))
    def get_kinds(self, person: Any) -> list[str]:
        return [profile.kind for profile in person.held]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_post(self, person: Any) -> str | None:
        is_shown = DirectoryField.ORGANISATION in person.shown_fields and person.posts
        return f"{person.posts[0].title}, {person.posts[0].organisation}" if is_shown else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_division(self, person: Any) -> str | None:
        return person.home_id if DirectoryField.DIVISION in person.shown_fields else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_orcid(self, person: Any) -> str | None:
        is_shown = DirectoryField.ORCID in person.shown_fields and person.orcid_state == OrcidState.VERIFIED
        return person.orcid if is_shown else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_offers(self, person: Any) -> str | None:
        return person.offers or None if DirectoryField.OFFERS in person.shown_fields else None

    @extend_schema_field(serializers.ListField(child=serializers.URLField()))
    def get_skills(self, person: Any) -> list[str]:
        return [claim.skill.uri for claim in person.proven] if DirectoryField.SKILLS in person.shown_fields else []
