"""What a person lets the matcher use: skills, capacity by dates, declared interests."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView
from talent.actions import match_inputs
from talent.choices.matching import ConflictSource, MatchSector, MatchStage
from talent.choices.privacy import Purpose
from talent.forms.matching import InterestForm, OfferForm, PeriodForm
from talent.models import CapacityPeriod, ConflictDeclaration, Consent, Demand, MatchProfile, Person
from talent.queries.matching import conflicts_of, open_demands
from talent.queries.standing import in_registry
from talent.views.matching.base import level_words, needs_words, one

TITLE = _("What I offer the matcher")


def interest_status(row: ConflictDeclaration) -> Status:
    if row.source == ConflictSource.NONE:
        return Status(row.get_source_display(), Tone.OK)
    over = row.cleared_at or (row.valid_to and row.valid_to < timezone.localdate())
    return Status(row.get_source_display(), Tone.IDLE if over else Tone.BAD)


INTERESTS = (
    TableColumn(_("Organisation"), lambda row: row.organisation.name, key="organisation", heading=True),
    TableColumn(_("My interest"), lambda row: row.get_source_display(), key="source",
                cell=lambda row: status_html(interest_status(row))),
    TableColumn(_("Until"), "valid_to", Kind.DATE, key="until", unknown=_("No end")),
    TableColumn(_("Declared"), "declared_at", Kind.DATETIME, key="declared"),
    TableColumn(_("Cleared"), "cleared_at", Kind.DATETIME, key="cleared", unknown=_("Stands as declared")),
)  # fmt: skip


class OwnOffer(PageView):
    """All that the matcher is given about the reader, and what it is never given."""

    title = TITLE
    lead = _("The matcher sees this and nothing else: no age, sex, school, title or photo.")
    template_name = "talent/matching/own.html"

    @cached_property
    def person(self) -> Person:
        person = Person.objects.filter(user=self.request.user).first()
        if person is None:
            raise Http404
        return person

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = MatchProfile.objects.filter(person=self.person).prefetch_related("periods").first()
        rows = ConflictDeclaration.objects.visible_to(self.request.user).filter(person=self.person)
        table = Table(
            self.request,
            INTERESTS,
            list(rows.select_related("organisation")),
            _("Declared interests"),
            empty_title=_("Nothing declared yet"),
            empty_text=_("Until you declare, the matcher keeps you from the demands of an owner."),
        )
        return super().get_context_data(
            profile=profile,
            facts=offer_facts(profile) if profile else [],
            agreed=Consent.objects.of(Purpose.MATCHING).live().filter(person=self.person).exists(),
            table=table,
            missing=self.missing(),
            **kwargs,
        )

    def missing(self) -> list[str]:
        """Owners of open demands about whom the person has not spoken."""
        today = timezone.localdate()
        kinds = list(self.person.roles.active().values_list("kind", flat=True))
        demands = [each for kind in kinds for each in open_demands(kind, today).select_related("organisation")]
        declared = conflicts_of([self.person.pk], demands, today)[1]
        silent: list[Demand] = [each for each in demands if (self.person.pk, each.pk) not in declared]
        return sorted({each.organisation.name for each in silent})


def offer_facts(profile: MatchProfile) -> list[Fact]:
    """What the matcher is given."""
    none = _("None given")
    sectors = " · ".join(str(MatchSector(each).label) for each in profile.sectors)
    stages = " · ".join(str(MatchStage(each).label) for each in profile.stages)
    return [
        Fact(_("Open to proposals"), _("yes") if profile.is_open else _("no")),
        Fact(_("Skills"), needs_words(profile.skills, profile.languages) or None, unknown=none),
        Fact(_("Sectors"), sectors or None, unknown=none),
        Fact(_("Stages with experience"), stages or None, unknown=none),
        Fact(_("Level"), level_words(profile.level)),
        Fact(_("Capacity (points)"), str(profile.capacity_points)),
    ]


class _OwnAct(FormPage):
    """An act upon what the reader offers."""

    allowed = staticmethod(in_registry)

    @cached_property
    def person(self) -> Person:
        return Person.objects.get(user=self.request.user)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:offer")

    def get_success_url(self) -> str:
        return self.cancel_url

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, self.cancel_url), (self.get_title(), None)]


class EditOffer(_OwnAct):
    title = _("Change what I offer")
    form_class = OfferForm

    def get_initial(self) -> dict[str, Any]:
        profile = MatchProfile.objects.filter(person=self.person).first()
        return OfferForm.initial_of(profile) if profile else {"is_open": True}

    def act(self, form: OfferForm) -> None:
        match_inputs.save_profile(person_id=self.person.pk, actor=self.request.user, **form.values())


class AddPeriod(_OwnAct):
    title = _("Less capacity on some days")
    lead = _("Leave, teaching, another duty. What already runs goes on; the office sees where it is too much.")
    form_class = PeriodForm

    def act(self, form: PeriodForm) -> None:
        match_inputs.add_period(person_id=self.person.pk, actor=self.request.user, **form.values())


class RemovePeriod(_OwnAct, ConfirmPage):
    title = _("Take this period back")
    submit_label = _("Take back")

    @cached_property
    def period(self) -> CapacityPeriod:
        return one(CapacityPeriod.objects.visible_to(self.request.user), self.kwargs["pk"])

    def facts(self) -> list[Fact]:
        return [Fact(_("Days"), f"{self.period.valid_from} – {self.period.valid_to}")]

    def act(self, form: Any) -> None:
        match_inputs.remove_period(period_id=self.period.pk, actor=self.request.user)


class DeclareInterest(_OwnAct):
    title = _("Declare an interest, or none")
    lead = _("About an organisation that owns demands. A conflict keeps you from its demands and suspends what runs.")
    form_class = InterestForm
    submit_label = _("Declare")

    def act(self, form: InterestForm) -> None:
        data = form.values()
        organisation = data.pop("organisation")
        match_inputs.declare(person_id=self.person.pk, organisation_id=organisation.pk, actor=self.request.user, **data)
