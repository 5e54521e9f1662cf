"""The office of skills: vocabularies, the verifier's inbox of claims, evidence."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from innovation.core.admin import ActForm, ActsAdmin, Admin, ReadInline, ReadOnlyAdmin
from talent.actions.skills import judge_claim
from talent.admin.personal import PersonalAdmin
from talent.choices.skills import ProofState
from talent.models import Evidence, Skill, SkillClaim


@admin.register(Skill)
class SkillAdmin(Admin):
    """Vocabularies. Long ones come from a file: see the imports of the talent part."""

    list_display = ["name_zh", "name_en", "vocabulary", "parent", "release", "is_verified", "is_current"]
    list_display_links = ["name_zh", "name_en"]
    list_filter = [("vocabulary", ChoicesDropdownFilter), "is_verified", "is_area", "is_current"]
    search_fields = ["name_en"]
    list_select_related = ["parent"]
    ordering = ["vocabulary", "id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search(search_term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PaperInline(ReadInline):
    """The evidence of one claim, with its file."""

    model = Evidence.claims.through
    fields = ["evidence"]
    verbose_name_plural = _("evidence")


class _VerdictForm(ActForm):
    permission = "talent.change_skillclaim"
    is_proven = True
    states: frozenset[str] = frozenset()
    reason = forms.CharField(label=_("reason"), max_length=1000, required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = SkillClaim
        fields: list[str] = []

    @classmethod
    def fits(cls, record: SkillClaim) -> bool:
        return record.state in cls.states

    def act(self) -> SkillClaim:
        return judge_claim(
            claim_id=self.instance.pk, is_proven=self.is_proven, actor=self.actor, reason=self.cleaned_data["reason"]
        )


class VerifyForm(_VerdictForm):
    title = _("Verify the skill")
    states = frozenset({ProofState.SUPPORTED, ProofState.STALE})


class RefuseForm(_VerdictForm):
    title = _("Not proven")
    is_proven = False
    states = frozenset({ProofState.SUPPORTED, ProofState.VERIFIED})


@admin.register(SkillClaim)
class SkillClaimAdmin(PersonalAdmin, ActsAdmin):
    """The inbox: claims with evidence wait for a verdict; several may be judged at once."""

    acts = {"verify": VerifyForm, "refuse": RefuseForm}
    list_display = ["person", "skill", "level", "state", "state_since", "papers", "verified_by", "verified_on"]
    list_filter = [("state", ChoicesDropdownFilter), ("level", ChoicesDropdownFilter)]
    search_fields = ["person__name_zh", "person__name_en", "skill__name_zh", "skill__name_en"]
    date_hierarchy = "state_since"
    list_select_related = ["person", "skill", "verified_by"]
    inlines = [PaperInline]
    actions = ["verify_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SkillClaim]:
        today = timezone.localdate()
        in_force = Q(evidence__removed_at=None) & (Q(evidence__expires_on=None) | Q(evidence__expires_on__gte=today))
        return super().get_queryset(request).annotate(paper_count=Count("evidence", filter=in_force))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in SkillClaim._meta.fields if field.name != "id"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("evidence in force"), ordering="paper_count")
    def papers(self, claim: Any) -> int:
        return claim.paper_count

    @action(description=_("Verify the selected skills"), permissions=["change"])
    def verify_selected(self, request: HttpRequest, queryset: QuerySet[SkillClaim]) -> None:
        def verify(claim: SkillClaim) -> None:
            judge_claim(claim_id=claim.pk, is_proven=True, actor=request.user)

        self.run_action(request, queryset, verify, str(_("%(count)s skills are verified.")))


@admin.register(Evidence)
class EvidenceAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["title", "person", "kind", "issuer", "issued_on", "expires_on", "file_name", "added_at"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["title", "issuer", "person__name_zh", "person__name_en", "sha256"]
    date_hierarchy = "added_at"
    list_select_related = ["person"]
