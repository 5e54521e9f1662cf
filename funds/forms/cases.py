"""Forms of an exemption case: one for each act of the office, the panel and the manager."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.casefile.dossier import Dossier, item_text, items_of
from funds.choices.cases import AnswerResult, CaseOutcome, EvidenceKind, Regime
from funds.models import CasePerson, CatalogueItem, ExemptionCase, Fund, Investment, PanelMember
from funds.queries.cases import CHECKED, has_hit
from funds.rules.cases import outcomes_left
from innovation.accounts.models import User
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.organisations.models import Organisation

LONG = forms.Textarea(attrs={"rows": 6})


class CaseForm(OneTimeToken, forms.Form):
    """Base: knows its case and who acts."""

    def __init__(self, *args: Any, case: ExemptionCase, user: User, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, **kwargs)


class OpenForm(OneTimeToken, forms.Form):
    """Open a case by hand."""

    fund = forms.ModelChoiceField(Fund.objects.none(), label=_("Fund"))
    investment = forms.CharField(
        label=_("Holding"), required=False, help_text=_("Its code, such as ZZ001. Empty: the case is about the fund.")
    )
    loss_fen = MoneyField(label=_("Loss"))
    loss_on = DateField(label=_("Day of the loss"))
    summary = forms.CharField(label=_("What happened"), widget=LONG)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.visible_to(user)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        code, fund = (data.get("investment") or "").strip(), data.get("fund")
        data["holding"] = Investment.objects.filter(fund=fund, code=code).first() if code and fund else None
        if code and fund and data["holding"] is None:
            self.add_error("investment", _("This fund has no holding with this code."))
        return data


class VoterForm(CaseForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    user_email = forms.EmailField(
        label=_("E-mail of the account"), required=False, help_text=_("Where the person has an account here.")
    )
    vote = forms.CharField(label=_("Vote"), max_length=40, required=False)

    def clean_user_email(self) -> User | None:
        return _account(self.cleaned_data["user_email"])


class PersonForm(CaseForm):
    name = forms.CharField(label=_("Name"), max_length=150)
    function = forms.CharField(label=_("Function in the decision"), max_length=200)
    regime = forms.ChoiceField(label=_("Regime that binds this person"), choices=Regime, widget=forms.RadioSelect)
    user_email = forms.EmailField(
        label=_("E-mail of the account"), required=False,
        help_text=_("With an account the person may submit the statement and appeal."),
    )  # fmt: skip

    def clean_user_email(self) -> User | None:
        return _account(self.cleaned_data["user_email"])


def _account(email: str) -> User | None:
    if not email:
        return None
    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise forms.ValidationError(_("Nobody here has an account with this address."))
    return found


class EvidenceForm(CaseForm):
    file = forms.FileField(
        label=_("Document"), help_text=_("PDF, picture, Word or Excel file. It is kept under its SHA-256 for good.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=EvidenceKind)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)


class FreezeForm(CaseForm):
    as_of = DateField(label=_("As of"), help_text=_("The day whose figures are frozen, as known at this moment."))
    no_minutes_reason = forms.CharField(
        label=_("Why there are no minutes"), required=False,
        help_text=_("Only where the minutes of the investment decision are not in the file."),
    )  # fmt: skip


class ItemsForm(CaseForm):
    """Base of checklist and screening: for one person, one line of the catalogue after the other."""

    kinds: tuple[str, ...] = ()

    def __init__(self, *args: Any, person: CasePerson, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        dossier = Dossier(self.case)
        self.items = items_of(dossier.content, person.regime, *self.kinds)
        papers = [(row.file_id, row.name) for row in dossier.evidence]
        for item in self.items:
            self.add_item(item, dossier, papers)

    def add_item(self, item: dict[str, Any], dossier: Dossier, papers: list[tuple[str, str]]) -> None:
        raise NotImplementedError

    def reasons(self, item: dict[str, Any], row: Any, papers: list[tuple[str, str]]) -> None:
        """The two fields that stand under every line."""
        key, text = item["id"], item_text(item)
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_("Reason: %(item)s") % {"item": text}, required=False, initial=row.reason if row else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
        self.fields[f"evidence_{key}"] = forms.MultipleChoiceField(
            label=_("Evidence: %(item)s") % {"item": text}, choices=papers, required=False,
            initial=row.evidence if row else [], widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def changed_items(self) -> list[dict[str, Any]]:
        """What was answered now or otherwise than before: id, answer, reason, evidence."""
        return [
            {
                "item_id": item["id"],
                "answer": self.cleaned_data[f"answer_{item['id']}"],
                "reason": self.cleaned_data[f"reason_{item['id']}"],
                "evidence": self.cleaned_data[f"evidence_{item['id']}"],
            }
            for item in self.items
            if self.cleaned_data[f"answer_{item['id']}"]
            and {f"{name}_{item['id']}" for name in ("answer", "reason", "evidence")} & set(self.changed_data)
        ]


class ChecklistForm(ItemsForm):
    kinds = CHECKED

    def add_item(self, item: dict[str, Any], dossier: Dossier, papers: list[tuple[str, str]]) -> None:
        row = dossier.answers.get((self.person.pk, item["id"]))
        self.fields[f"answer_{item['id']}"] = forms.ChoiceField(
            label=item_text(item), choices=AnswerResult, required=False, initial=row.result if row else None,
            widget=forms.RadioSelect,
        )  # fmt: skip
        self.reasons(item, row, papers)


class ScreeningForm(ItemsForm):
    kinds = (CatalogueItem.Kind.NEGATIVE,)

    def add_item(self, item: dict[str, Any], dossier: Dossier, papers: list[tuple[str, str]]) -> None:
        row = dossier.findings.get((self.person.pk, item["id"]))
        found = {None: None, True: "hit", False: "none"}[row.hit if row else None]
        self.fields[f"answer_{item['id']}"] = forms.ChoiceField(
            label=item_text(item), choices=[("none", _("Not found")), ("hit", _("Found"))], required=False,
            initial=found, widget=forms.RadioSelect,
        )  # fmt: skip
        self.reasons(item, row, papers)


class ReasonForm(CaseForm):
    reason = forms.CharField(label=_("Reason"), widget=LONG)


class EvaluationForm(CaseForm):
    organisation = forms.CharField(
        label=_("Evaluating organisation"),
        help_text=_("Unified social credit code, or the exact name in the register."),
    )
    evaluator = forms.CharField(label=_("Evaluator"), max_length=150)
    independence = forms.CharField(label=_("Why it is independent"), widget=forms.Textarea(attrs={"rows": 3}))
    opinion = forms.ChoiceField(label=_("Opinion"), choices=CaseOutcome, widget=forms.RadioSelect)
    text = forms.CharField(label=_("Summary of the report"), widget=LONG)
    report = forms.ChoiceField(label=_("Report"), help_text=_("Add it to the documents of the case first."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.evidence.filter(kind=EvidenceKind.EVALUATION)
        self.fields["report"].choices = [(row.file_id, row.name) for row in rows]

    def clean_organisation(self) -> Organisation:
        text = self.cleaned_data["organisation"].strip()
        for lookup in ("uscc__iexact", "name_zh", "name_en__iexact"):
            if found := Organisation.objects.filter(**{lookup: text}).first():
                return found
        raise forms.ValidationError(_("No organisation of the register has this code or name."))


class AppointForm(CaseForm):
    user_email = forms.EmailField(label=_("E-mail of the account"))
    is_chair = forms.BooleanField(label=_("Chairs the panel"), required=False)

    def clean_user_email(self) -> User | None:
        return _account(self.cleaned_data["user_email"])


class RecuseForm(CaseForm):
    member = forms.ModelChoiceField(PanelMember.objects.none(), label=_("Member"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.panel.filter(recused_at=None, votes=None).select_related("user")
        if not self.user.has_perm("funds.manage_exemptioncase"):
            rows = rows.filter(user=self.user)
        self.fields["member"].queryset = rows


class OutcomeForm(CaseForm):
    """Base of vote and decision: only what the negative list leaves can be chosen."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Reasons"), widget=LONG)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = outcomes_left(has_hit=has_hit(self.case))
        self.fields["outcome"].choices = [(code, label) for code, label in CaseOutcome.choices if code in left]


class VoteForm(OutcomeForm):
    """A vote with its reasons."""


class DecideForm(OutcomeForm):
    """The chair's decision; the policy is asked for where it has changed since the investment decision."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        content = Dossier(self.case).content
        laws = {row["id"]: row for row in (*content["policy"], *(content["policy_at_decision"] or ()))}
        if laws:
            names = [(key, f"{row['title_zh'] or row['code']} v{row['version']}") for key, row in laws.items()]
            self.fields["law"] = forms.TypedChoiceField(
                label=_("Policy applied"), choices=[("", "–"), *names], coerce=int, empty_value=None,
                required=content["policies_differ"],
            )  # fmt: skip


class StatementForm(CaseForm):
    """The manager's statement: a draft may be empty."""

    text = forms.CharField(
        label=_("Statement"), required=False, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Say how the decision was made, what was examined, and what was done after the investment."),
    )  # fmt: skip


class AttachmentForm(CaseForm):
    file = forms.FileField(label=_("Document"), help_text=_("PDF, picture, Word or Excel file."))
    note = forms.CharField(label=_("What it shows"), max_length=400, required=False)


class AppealForm(CaseForm):
    text = forms.CharField(label=_("Why the decision should be changed"), widget=forms.Textarea(attrs={"rows": 10}))
