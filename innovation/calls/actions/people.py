"""Who writes an application: colleagues of the organisation, and partners who are invited by mail."""

import hashlib
import secrets
from collections.abc import Collection
from fractions import Fraction
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.actions.applicant_mails import send, values_of, words_of
from innovation.calls.choices import ApplicationState, MemberRole, PartnerRole, PartnerState
from innovation.calls.models import Application, ApplicationMember, Partner
from innovation.calls.models.application_states import leads
from innovation.core import outbox
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation

TOKEN_BYTES = 32


@transaction.atomic
def set_member(*, application_id: int, user_id: int, role: str, actor: User) -> ApplicationMember:
    """Let a colleague of the applicant's organisation take part in ``role``, or change that role.

    Raises ``NOT_PERMITTED``, ``NOT_A_COLLEAGUE``, ``LAST_LEAD``.
    """
    application = _led(application_id, actor)
    standing = application.members.filter(user=user_id).first()
    if standing is None:
        person = User.objects.filter(
            pk=user_id, is_active=True, organisation_memberships__organisation=application.organisation_id
        ).first()
        if person is None:
            raise RuleViolation("NOT_A_COLLEAGUE", _("Choose somebody of your organisation."), field="person")
        made = ApplicationMember.objects.create(application=application, user=person, role=role)
        with override(person.language or get_language()):
            values = values_of(application, person.name or person.email)
            send(person, "", values, key=f"application-{application.pk}-member-{made.pk}")
        return made
    if standing.role == MemberRole.LEAD and role != MemberRole.LEAD:
        _keep_a_lead(application, standing)
    standing.role = role
    standing.save(update_fields=["role"])
    return standing


@transaction.atomic
def remove_member(*, application_id: int, user_id: int, actor: User) -> None:
    """Take a person off the application. Raises ``NOT_PERMITTED``, ``LAST_LEAD``."""
    application = _led(application_id, actor)
    standing = application.members.filter(user=user_id).first()
    if standing is not None:
        _keep_a_lead(application, standing)
        standing.delete()


def _keep_a_lead(application: Application, member: ApplicationMember) -> None:
    others = application.members.filter(role=MemberRole.LEAD).exclude(pk=member.pk)
    if member.role == MemberRole.LEAD and not others.exists():
        raise RuleViolation("LAST_LEAD", _("Somebody has to lead the application. Name another lead first."))


@transaction.atomic
def invite_partner(
    *,
    application_id: int,
    name: str,
    email: str,
    sections: Collection[str],
    actor: User,
    role: str = PartnerRole.PARTNER,
    share: Fraction = Fraction(0),
) -> Partner:
    """Invite another organisation by mail to fill in ``sections``; of the token in the link the hash alone is kept.

    ``share`` is its part of the award. A second invitation to an address that has not answered sends a new link.
    Raises ``NOT_PERMITTED``, ``NOT_EDITABLE``, ``INVITED_ALREADY``, ``TOO_MANY_PARTNERS``, ``SHARES_ABOVE_ALL``.
    """
    application = _led(application_id, actor)
    if application.state != ApplicationState.DRAFT:
        raise RuleViolation("NOT_EDITABLE", _("Partners are invited while the application is a draft."))
    email = email.strip().lower()
    others = application.partners.exclude(email=email).exclude(state=PartnerState.DECLINED)
    most = application.call.rules.get("members_max")
    if most is not None and others.count() + 2 > most:
        raise RuleViolation(
            "TOO_MANY_PARTNERS", _("This call takes at most %(most)s members, the lead included.") % {"most": most}
        )
    if sum((Fraction(one.share_num, one.share_den) for one in others), Fraction(0)) + share > 1:
        raise RuleViolation("SHARES_ABOVE_ALL", _("The shares of all partners are above 100 %."), field="share")
    partner = application.partners.filter(email=email).first() or Partner(application=application, email=email)
    if partner.pk and partner.state in {PartnerState.ACCEPTED, PartnerState.DONE}:
        raise RuleViolation("INVITED_ALREADY", _("This address takes part already."), field="email")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    partner.name, partner.role, partner.sections = name, role, sorted(sections)
    partner.share_num, partner.share_den = share.numerator, share.denominator
    partner.token_sha256, partner.state, partner.invited_at = token_hash(token), PartnerState.INVITED, timezone.now()
    partner.answered_at = None
    partner.save()
    _mail_invitation(partner, token)
    return partner


def _mail_invitation(partner: Partner, token: str) -> None:
    values = values_of(partner.application, partner.name)
    values["link"] = urljoin(settings.SITE_URL, reverse("calls:invitation", args=[token]))
    filled = words_of("partner_invited", values)
    outbox.send_mail(
        to=partner.email, subject=filled.subject, text=filled.text, secret=True,
        key=f"application-partner-{partner.pk}-{partner.token_sha256[:16]}",
    )  # fmt: skip


@transaction.atomic
def remove_partner(*, application_id: int, partner_id: int, actor: User) -> None:
    """Take a partner off a draft; a link that was sent no longer opens anything. Raises ``NOT_PERMITTED``."""
    application = _led(application_id, actor)
    if application.state != ApplicationState.DRAFT:
        raise RuleViolation("NOT_EDITABLE", _("Partners are changed while the application is a draft."))
    application.partners.filter(pk=partner_id).delete()


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation(token: str) -> Partner | None:
    """The partner that ``token`` invites, while the invitation is open and the application a draft."""
    rows = Partner.objects.select_related("application__call", "application__organisation", "application__form")
    return rows.filter(
        token_sha256=token_hash(token), state=PartnerState.INVITED, application__state=ApplicationState.DRAFT
    ).first()


@transaction.atomic
def answer_invitation(
    *, token: str, accepts: bool, actor: User | None = None, organisation_id: int | None = None
) -> Partner:
    """Accept as ``actor``, for one of the own organisations where one is named, or decline.

    Raises ``NO_INVITATION`` for a link that was used, replaced or belongs to an application that was sent, and
    ``NOT_YOUR_ORGANISATION``.
    """
    found = invitation(token)
    partner = Partner.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if partner is None or partner.state != PartnerState.INVITED:
        raise RuleViolation("NO_INVITATION", _("This invitation is no longer open. Ask for a new one."))
    if organisation_id is not None and accepts:
        mine = (
            Organisation.objects.of_member(actor).filter(pk=organisation_id) if actor else Organisation.objects.none()
        )
        if not mine.exists():
            raise RuleViolation("NOT_YOUR_ORGANISATION", _("You do not belong to this organisation."))
        partner.organisation_id = organisation_id
    partner.user = actor if accepts else None
    partner.state = PartnerState.ACCEPTED if accepts else PartnerState.DECLINED
    partner.answered_at = timezone.now()
    partner.save()
    return partner


@transaction.atomic
def mark_part(*, application_id: int, actor: User, done: bool) -> Partner:
    """A partner's person says that the own part is done, or takes that back. Raises ``NOT_YOURS``."""
    Application.objects.select_for_update(of=("self",)).get(pk=application_id)
    state = PartnerState.ACCEPTED if done else PartnerState.DONE
    partner = Partner.objects.filter(application=application_id, user=actor, state=state).first()
    if partner is None:
        raise RuleViolation("NOT_YOURS", _("You do not write this application."))
    partner.state = PartnerState.DONE if done else PartnerState.ACCEPTED
    partner.save(update_fields=["state"])
    return partner


def _led(application_id: int, actor: User) -> Application:
    """The application under its lock, when ``actor`` leads it."""
    application = Application.objects.select_for_update(of=("self",)).select_related("call").get(pk=application_id)
    if not leads(actor, application):
        raise RuleViolation("NOT_PERMITTED", _("Only who leads the application decides who takes part."))
    return application
