"""Who is a party of a case, so that nobody acts on the case of a related organisation (specification 5.8, 7)."""

from django.db.models import Q

from innovation.accounts.models import User
from innovation.calls.models import Application
from innovation.organisations.models import Organisation


def party_organisations(application: Application) -> list[int]:
    """Primary keys of the applicant and of the partners that are known organisations."""
    partners = application.partners.exclude(organisation=None).values_list("organisation", flat=True)
    return [pk for pk in (application.organisation_id, *partners) if pk is not None]


def is_related(actor: User | None, application: Application) -> bool:
    """Whether ``actor`` writes on the case or belongs to a party of it (or to one of its controlling group)."""
    if actor is None:
        return False
    if application.members.filter(user=actor).exists() or application.partners.filter(user=actor).exists():
        return True
    parties = party_organisations(application)
    if not parties:
        return False
    groups = set(
        Organisation.objects.filter(pk__in=parties, controlling_group__isnull=False).values_list(
            "controlling_group", flat=True
        )
    )
    mine = Organisation.objects.filter(memberships__user=actor)
    return mine.filter(Q(pk__in={*parties, *groups}) | Q(controlling_group__in={*parties, *groups})).exists()
