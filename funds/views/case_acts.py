"""The acts upon a case, each a page with one form: what the office and the panel do, in the state where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from funds.actions import case_archive, case_opening, case_panel, case_speaking, case_work
from funds.choices.cases import CaseState as S
from funds.forms import cases as forms
from funds.models import CasePerson, ExemptionCase
from funds.models.case_states import DECIDE, MANAGE, VOTE, chairs
from innovation.core.views import Crumb, FormPage

BEFORE_DECIDED = frozenset(S) - {S.DECIDED, S.APPEAL, S.ARCHIVED}
SITTING = frozenset({S.PANEL, S.APPEAL})


@dataclass(frozen=True)
class ActLink:
    """A button on the case page."""

    label: str | Promise
    href: str
    main: bool


def is_member(user: Any, case: ExemptionCase) -> bool:
    """Whether ``user`` sits on the panel now and is not recused."""
    return case.panel.filter(user=user, recused_at=None, round=case_panel.round_of(case)).exists()


class CaseAct(FormPage):
    """Base of the acts: title, form, the states in which it fits, who may do it. The action checks all again."""

    name = ""
    states: frozenset[str] = frozenset()
    permission = MANAGE
    is_main = False
    form_class: type[forms.CaseForm] = forms.CaseForm

    @classmethod
    def fits(cls, case: ExemptionCase, user: Any) -> bool:
        return case.state in cls.states and user.has_perm(cls.permission)

    @classmethod
    def links(cls, case: ExemptionCase) -> list[ActLink]:
        href = reverse("funds:case_act", args=[case.pk, cls.name])
        return [ActLink(cls.title, href, cls.is_main)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not type(self).fits(self.case, request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def case(self) -> ExemptionCase:
        rows = ExemptionCase.objects.visible_to(self.request.user).select_related("fund", "investment__company")
        case = rows.filter(pk=self.kwargs["pk"]).first()
        if case is None:
            raise Http404
        return case

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case, "user": self.request.user}

    @property
    def lead(self) -> str:  # type: ignore[override]
        return f"{self.case.code} · {self.case.subject}"

    @property
    def submit_label(self) -> str | Promise:  # type: ignore[override]
        return self.title

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.case.get_absolute_url()

    def get_success_url(self) -> str:
        return self.case.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (self.case.code, self.case.get_absolute_url())
        return [(_("Exemption cases"), reverse("funds:cases")), here, (self.title, None)]

    def facts(self) -> dict[str, Any]:
        return {"case_id": self.case.pk, "actor": self.request.user}


class Voter(CaseAct):
    name, title, states, form_class = "voter", _("Name a voter"), frozenset({S.OPENED}), forms.VoterForm

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_work.name_voter(name=data["name"], user=data["user_email"], vote=data["vote"], **self.facts())


class Person(CaseAct):
    name, title = "person", _("Name a person judged")
    states, form_class = frozenset({S.OPENED, S.FROZEN}), forms.PersonForm

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        user = data.pop("user_email")
        names = {key: data[key] for key in ("name", "function", "regime")}
        case_work.name_person(user=user, **names, **self.facts())


class Document(CaseAct):
    name, title = "document", _("Add a document")
    states, form_class = frozenset(S) - {S.ARCHIVED}, forms.EvidenceForm

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_work.add_evidence(upload=data["file"], kind=data["kind"], note=data["note"], **self.facts())


class Freeze(CaseAct):
    name, title, states, form_class = "freeze", _("Freeze the evidence"), frozenset({S.OPENED}), forms.FreezeForm
    is_main = True

    def get_initial(self) -> dict[str, Any]:
        return {"as_of": self.case.loss_on}

    def act(self, form: BaseForm) -> None:
        case_work.freeze_case(
            as_of=form.cleaned_data["as_of"], no_minutes_reason=form.cleaned_data["no_minutes_reason"], **self.facts()
        )


class Start(CaseAct):
    name, title, states, is_main = "start", _("Start the checklist"), frozenset({S.FROZEN}), True

    def act(self, form: BaseForm) -> None:
        case_work.start_checklist(**self.facts())


class _ByPerson(CaseAct):
    """Base of the acts that take one person after the other: ``?person=`` in the address."""

    template_name = "funds/cases/items.html"

    @classmethod
    def links(cls, case: ExemptionCase) -> list[ActLink]:
        href = reverse("funds:case_act", args=[case.pk, cls.name])
        return [
            ActLink(f"{cls.title}: {person.name}", f"{href}?person={person.pk}", main=False)
            for person in case.persons.all()
        ]

    @cached_property
    def person(self) -> CasePerson:
        number = self.request.GET.get("person", "")
        rows = self.case.persons.order_by("pk")
        person = rows.filter(pk=number).first() if number.isdecimal() else rows.first()
        if person is None:
            raise Http404
        return person

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, **kwargs)


class Checklist(_ByPerson):
    name, title = "checklist", _("Answer the checklist")
    states, form_class = frozenset({S.CHECKLIST}), forms.ChecklistForm

    def act(self, form: Any) -> None:
        for row in form.changed_items():
            result = row.pop("answer")
            case_work.answer_item(person_id=self.person.pk, result=result, **row, **self.facts())


class FinishChecklist(CaseAct):
    name, title, states = "finish-checklist", _("Close the checklist"), frozenset({S.CHECKLIST})
    is_main = True

    def act(self, form: BaseForm) -> None:
        case_work.finish_checklist(**self.facts())


class Screening(_ByPerson):
    name, title = "screening", _("Answer the negative list")
    states, form_class = frozenset({S.SCREENING}), forms.ScreeningForm

    def act(self, form: Any) -> None:
        for row in form.changed_items():
            hit = row.pop("answer") == "hit"
            case_work.record_finding(person_id=self.person.pk, hit=hit, **row, **self.facts())


class FinishScreening(CaseAct):
    name, title, states = "finish-screening", _("Close the screening"), frozenset({S.SCREENING})
    is_main = True

    def act(self, form: BaseForm) -> None:
        case_work.finish_screening(**self.facts())


class CloseStatement(CaseAct):
    name, title = "close-statement", _("Go on without a statement")
    states, form_class = frozenset({S.STATEMENT}), forms.ReasonForm

    def act(self, form: BaseForm) -> None:
        case_speaking.close_statement(reason=form.cleaned_data["reason"], **self.facts())


class Evaluate(CaseAct):
    name, title = "evaluation", _("Record the evaluation")
    states, form_class, is_main = frozenset({S.EVALUATION}), forms.EvaluationForm, True

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        words = {key: data[key] for key in ("evaluator", "independence", "opinion", "text")}
        case_speaking.record_evaluation(
            organisation_id=data["organisation"].pk, report_sha256=data["report"], **words, **self.facts()
        )


class Appoint(CaseAct):
    name, title, states, form_class = "appoint", _("Appoint a panel member"), SITTING, forms.AppointForm

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_panel.appoint_member(user_id=data["user_email"].pk, is_chair=data["is_chair"], **self.facts())


class Recuse(CaseAct):
    name, title, states, form_class = "recuse", _("Recuse a member"), SITTING, forms.RecuseForm

    @classmethod
    def fits(cls, case: ExemptionCase, user: Any) -> bool:
        return case.state in cls.states and (user.has_perm(MANAGE) or is_member(user, case))

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_panel.recuse_member(member_id=data["member"].pk, reason=data["reason"], actor=self.request.user)


class Vote(CaseAct):
    name, title, states, form_class, is_main = "vote", _("Vote"), SITTING, forms.VoteForm, True
    permission = VOTE

    @classmethod
    def fits(cls, case: ExemptionCase, user: Any) -> bool:
        return super().fits(case, user) and is_member(user, case)

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_panel.cast_vote(outcome=data["outcome"], reasons=data["reasons"], **self.facts())


class Decide(CaseAct):
    name, title, states, form_class = "decide", _("Decide"), SITTING, forms.DecideForm
    permission, is_main = DECIDE, True

    @classmethod
    def fits(cls, case: ExemptionCase, user: Any) -> bool:
        return case.state in cls.states and chairs(user, case)

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        case_panel.decide_case(outcome=data["outcome"], reasons=data["reasons"], law_id=data.get("law"), **self.facts())


class Archive(CaseAct):
    name, title, states, is_main = "archive", _("Archive and seal"), frozenset({S.DECIDED}), True

    def act(self, form: BaseForm) -> None:
        case_archive.archive_case(**self.facts())


class Discontinue(CaseAct):
    name, title, states, form_class = "discontinue", _("Discontinue"), BEFORE_DECIDED, forms.ReasonForm
    permission = DECIDE

    def act(self, form: BaseForm) -> None:
        case_archive.discontinue_case(reason=form.cleaned_data["reason"], **self.facts())


ACTS: dict[str, type[CaseAct]] = {
    act.name: act
    for act in (
        Freeze, Start, Checklist, FinishChecklist, Screening, FinishScreening, CloseStatement, Evaluate, Vote, Decide,
        Archive, Voter, Person, Appoint, Recuse, Document, Discontinue,
    )
}  # fmt: skip


def acts_for(case: ExemptionCase, user: Any) -> list[ActLink]:
    """The buttons of the case page: what this person may do with the case as it stands."""
    return [link for act in ACTS.values() if act.fits(case, user) for link in act.links(case)]


def case_act(request: HttpRequest, pk: int, act: str) -> HttpResponseBase:
    """The page of one act by its name in the address."""
    if act not in ACTS:
        raise Http404
    return ACTS[act].as_view()(request, pk=pk)


class OpenCase(FormPage):
    """Open a case by hand."""

    title = _("Open an exemption case")
    submit_label = _("Open the case")
    form_class = forms.OpenForm
    allowed = staticmethod(lambda user: user.is_authenticated and user.has_perm(case_opening.OPEN_PERMISSION))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("funds:cases")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Exemption cases"), reverse("funds:cases")), (self.title, None)]

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        self.opened = case_opening.open_case(
            fund_id=data["fund"].pk, investment_id=data["holding"].pk if data["holding"] else None,
            loss_fen=data["loss_fen"], loss_on=data["loss_on"], summary=data["summary"], actor=self.request.user,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return self.opened.get_absolute_url()
