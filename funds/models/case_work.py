"""The work on a case: who is judged, what was answered, found, said and evaluated."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import AnswerResult, CaseOutcome, CaseState, Regime
from funds.models.case_triggers import FixedOnceSubmitted, KnownInCase, OnlyInStates
from funds.models.cases import ExemptionCase
from funds.models.policy import CatalogueItem
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation


def _by(label: str) -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, null=True, related_name="+")


class DecisionVoter(models.Model):
    """Somebody who voted in the investment decision: recused from the panel. Named before the freeze."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="voters")
    name = models.CharField(_("name"), max_length=150)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("account"), null=True, blank=True, related_name="+"
    )
    vote = models.CharField(_("vote"), max_length=40, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("voter of the investment decision")
        verbose_name_plural = _("voters of the investment decision")
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="decision_voter_once",
                fields=["case", "name"],
                violation_error_message=_("This person is named already."),
            ),
        ]
        triggers = [
            AppendOnly(name="voter_append_only"),
            OnlyInStates(name="voter_before_freeze", states=(CaseState.OPENED,)),
        ]

    def __str__(self) -> str:
        return self.name


class CasePerson(models.Model):
    """A person who is judged, in a function, under a regime."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="persons")
    name = models.CharField(_("name"), max_length=150)
    function = models.CharField(_("function in the decision"), max_length=200)
    regime = models.CharField(_("regime"), max_length=24, choices=Regime)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("account"), null=True, blank=True,
        related_name="exemption_cases",
    )  # fmt: skip
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("person judged")
        verbose_name_plural = _("persons judged")
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="case_person_once",
                fields=["case", "name"],
                violation_error_message=_("This person is named already."),
            ),
            models.CheckConstraint(
                name="case_person_regime_known",
                condition=Q(regime__in=Regime.values),
                violation_error_message=_("Choose the regime that binds this person."),
            ),
        ]
        triggers = [
            AppendOnly(name="case_person_append_only"),
            OnlyInStates(name="case_person_before_checklist", states=(CaseState.OPENED, CaseState.FROZEN)),
        ]

    def __str__(self) -> str:
        return self.name


class _Answered(models.Model):
    """An answer about one person and one line of a catalogue; a new answer supersedes, nothing is overwritten."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="%(class)ss")
    person = models.ForeignKey(CasePerson, models.PROTECT, verbose_name=_("person"), related_name="%(class)ss")
    item = models.ForeignKey(CatalogueItem, models.PROTECT, verbose_name=_("item"), related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    evidence = ArrayField(
        models.CharField(max_length=64), verbose_name=_("evidence (SHA-256)"), default=list, blank=True
    )
    at = models.DateTimeField(_("when"))
    answered_by = _by(_("answered by"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.person}: {self.item}"


class ChecklistAnswer(_Answered):
    """A duty or condition: met (with the document that shows it), not met, or not shown."""

    result = models.CharField(_("result"), max_length=12, choices=AnswerResult)

    class Meta:
        verbose_name = _("answer of the checklist")
        verbose_name_plural = _("answers of the checklist")
        ordering = ["case", "person", "item", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="answer_one_current",
                fields=["person", "item"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This item has a current answer; supersede it."),
            ),
            models.CheckConstraint(
                name="answer_met_has_evidence",
                condition=~Q(result=AnswerResult.MET) | Q(evidence__len__gt=0),
                violation_error_message=_("“Met” needs the document that shows it."),
            ),
            models.CheckConstraint(
                name="answer_other_has_reason",
                condition=Q(result=AnswerResult.MET) | ~Q(reason=""),
                violation_error_message=_("Say why this is not met or not shown."),
            ),
        ]
        triggers = [
            AppendOnly(name="answer_append_only", allow_once=("superseded_at",)),
            OnlyInStates(name="answer_in_checklist", states=(CaseState.CHECKLIST,)),
            KnownInCase(name="answer_known_in_case"),
        ]


class NegativeFinding(_Answered):
    """A line of the negative list: found, or not found. One hit leaves only NOT_EXEMPT or REFERRED."""

    hit = models.BooleanField(_("found"))

    class Meta:
        verbose_name = _("finding of the negative list")
        verbose_name_plural = _("findings of the negative list")
        ordering = ["case", "person", "item", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="finding_one_current",
                fields=["person", "item"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This item has a current finding; supersede it."),
            ),
            models.CheckConstraint(
                name="finding_hit_has_reason",
                condition=Q(hit=False) | ~Q(reason=""),
                violation_error_message=_("A finding says what was found."),
            ),
        ]
        triggers = [
            AppendOnly(name="finding_append_only", allow_once=("superseded_at",)),
            OnlyInStates(name="finding_in_screening", states=(CaseState.SCREENING,)),
            KnownInCase(name="finding_known_in_case"),
        ]


@track()
class Statement(models.Model):
    """What the manager says for itself: a draft until it is submitted, then fixed."""

    case = models.OneToOneField(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="statement")
    text = models.TextField(_("statement"), blank=True)
    written_by = _by(_("written by"))
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.CheckConstraint(
                name="statement_submitted_has_text",
                condition=Q(submitted_at=None) | ~Q(text=""),
                violation_error_message=_("A statement says something."),
            ),
        ]
        triggers = [
            FixedOnceSubmitted(name="statement_fixed"),
            OnlyInStates(name="statement_in_its_state", states=(CaseState.STATEMENT,)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Evaluation(models.Model):
    """The view of an independent third party, with its report."""

    case = models.OneToOneField(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="evaluation")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("evaluating organisation"), related_name="+"
    )
    evaluator = models.CharField(_("evaluator"), max_length=150)
    independence = models.TextField(_("why it is independent"))
    opinion = models.CharField(_("opinion"), max_length=16, choices=CaseOutcome)
    text = models.TextField(_("summary of the report"))
    report_sha256 = models.CharField(_("report (SHA-256)"), max_length=64)
    at = models.DateTimeField(_("when"))
    recorded_by = _by(_("recorded by"))

    class Meta:
        verbose_name = _("independent evaluation")
        verbose_name_plural = _("independent evaluations")
        constraints = [
            models.CheckConstraint(
                name="evaluation_says_why_independent",
                condition=~Q(independence="") & ~Q(text="") & ~Q(report_sha256=""),
                violation_error_message=_("An evaluation has its report and says why it is independent."),
            ),
        ]
        triggers = [
            AppendOnly(name="evaluation_append_only"),
            OnlyInStates(name="evaluation_in_its_state", states=(CaseState.EVALUATION,)),
        ]

    def __str__(self) -> str:
        return f"{self.evaluator} · {self.get_opinion_display()}"
