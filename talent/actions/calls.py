"""What the talent part makes of a registration: an issued case becomes a role profile, a revoked one ends it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.kinds import Agreement
from innovation.calls.models import Application, Call
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from talent.actions.consents import give_consent
from talent.actions.people import own_person
from talent.actions.roles import grant
from talent.choices.people import RoleKind, RoleState
from talent.choices.privacy import Purpose
from talent.models import Consent, RoleProfile
from talent.queries.consents import text_in_force

ANSWER = "role_kind"


def make_role(case: Application, actor: User | None) -> dict[str, Any]:
    """Put the role profile of the applicant in force.

    The kind is that of the call's rules (``"role_kind"``), else the applicant's answer of that key. Raises
    ``ROLE_KIND`` when neither names one, ``NO_SUCH_TRANSITION`` for a profile that stands suspended.
    """
    kind = case.call.rules.get(ANSWER) or _answer(case)
    if kind not in RoleKind.values:
        raise _unknown(kind)
    person = own_person(case.created_by)
    profile = grant(person=person, kind=kind, application=case, actor=actor, valid_from=timezone.localdate())
    return {"label": str(profile), "url": reverse("talent:profile")}


def registry_asked(case: Application) -> Agreement | None:
    """The consent that carries the registry, in the words in force; None for who gave it already."""
    text = text_in_force(Purpose.REGISTRY)
    agreed = Consent.objects.live().of(Purpose.REGISTRY).filter(person__user=case.created_by)
    if text is None or agreed.exists():
        return None
    return Agreement(str(text.pk), text.title, text.words)


def registry_agreed(case: Application, actor: User, key: str) -> None:
    """Record the consent of the applicant, who alone can give it. Raises ``NOT_YOURS``."""
    if actor.pk != case.created_by_id:
        raise RuleViolation("NOT_YOURS", _("Only the person who is to be registered can agree, and send this."))
    give_consent(person_id=own_person(actor).pk, purpose=Purpose.REGISTRY, text_id=int(key), actor=actor)


def end_role(case: Application, actor: User | None) -> dict[str, Any]:
    """Withdraw the profile that came from a case whose title is revoked."""
    profile = RoleProfile.objects.filter(application=case).exclude(state__in=[RoleState.WITHDRAWN, RoleState.ERASED])
    found = profile.select_related("person").first()
    if found is None:
        return {}
    transitions.apply(
        found, "withdraw", actor=None, facts={"case": case.number}, changes={"state_since": timezone.now()}
    )
    return {"label": str(found), "url": reverse("talent:profile")}


def check_role_kind(call: Call) -> None:
    """A call names a kind that exists in its rules, or its form asks for it. Raises ``ROLE_KIND``."""
    kind = call.rules.get(ANSWER)
    fields = [field["key"] for section in call.form.content["sections"] for field in section["fields"]]
    if (kind is None and ANSWER not in fields) or (kind is not None and kind not in RoleKind.values):
        raise _unknown(kind)


def _answer(case: Application) -> Any:
    return case.answers.filter(key=ANSWER).values_list("value", flat=True).first()


def _unknown(kind: Any) -> RuleViolation:
    return RuleViolation(
        "ROLE_KIND",
        _("Say in the rules of the call, or ask in its form (field “role_kind”), which kind of profile it grants."),
        field="rules", facts={"kind": kind},
    )  # fmt: skip
