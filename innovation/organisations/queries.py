"""What lists, pages, exports, API and merges ask of the organisations."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.organisations.models import Division, Industry, Organisation, OrganisationRole
from innovation.organisations.models.organisation import OrganisationQuerySet
from innovation.organisations.rules import organisation_code_of, similarity

SIMILAR = 0.6  # share of common characters and pairs above which two names are shown as similar
MOST_PAIRS = 500


def directory(user: User | AnonymousUser) -> OrganisationQuerySet:
    """The directory as ``user`` sees it, with all that a row shows; today's roles are in ``roles_today``."""
    today = OrganisationRole.objects.on(timezone.localdate()).select_related("kind")
    return (
        Organisation.objects.visible_to(user)
        .select_related("industry", "division", "controlling_group")
        .prefetch_related(Prefetch("roles", today, to_attr="roles_today"))
        .defer("search")
    )


def search(text: str) -> OrganisationQuerySet:
    """Organisations that fit the typed words: names in Chinese, English or pinyin, also former ones, and codes."""
    return Organisation.objects.current().search(text)


def in_division(text: str) -> Q:
    """Condition: the organisation lies in the place that ``text`` names by code (33, 3301, 330106) or by words."""
    if text.isascii() and text.isdigit():
        return Q(division__code__startswith=_without_zeros(text))
    places = Division.objects.search(text).values_list("code", flat=True)[:200]
    return _any_prefix("division__code", [_without_zeros(code) for code in places])


def in_industry(text: str) -> Q:
    """Condition: the organisation works in the industry that ``text`` names by code (C, C39, C3940) or by words."""
    code = text.strip().upper()
    if code[:1].isalpha() and code.isascii() and (len(code) == 1 or code[1:].isdigit()):
        return Q(industry__code__startswith=code)
    return _any_prefix("industry__code", list(Industry.objects.search(text).values_list("code", flat=True)[:200]))


def holding(kind: str) -> Q:
    """Condition: the organisation holds the role of code ``kind`` today."""
    today = OrganisationRole.objects.on(timezone.localdate()).filter(kind__code=kind)
    return Q(pk__in=today.values("organisation_id"))


def _without_zeros(code: str) -> str:
    """The part of a division code that all places inside it share: 330000 → 33, 330100 → 3301."""
    full = code.ljust(6, "0")
    return full[:2] if full.endswith("0000") else full[:4] if full.endswith("00") else full


def _any_prefix(field: str, prefixes: list[str]) -> Q:
    """Condition: ``field`` begins with one of ``prefixes``; nothing fits when there are none."""
    condition = Q(pk__in=[])
    shortest = [p for p in prefixes if not any(p != other and p.startswith(other) for other in prefixes)]
    for prefix in dict.fromkeys(shortest):
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition


# ── Duplicates ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Candidate:
    """Another record that may be the same body, and why we think so; ``score`` orders them, 1 is certain."""

    organisation: Organisation
    reasons: tuple[str | Promise, ...]
    score: float


SAME_CODE = _("Same organisation code")
SAME_NAME = _("Same name")
SAME_OTHER_NAME = _("One's name is another name of the other")
SAME_CORE = _("Same name but for the legal form")
SAME_SOUND = _("Names sound the same")
SIMILAR_NAME = _("Similar name")


def duplicates_of(organisation: Organisation) -> list[Candidate]:
    """Records that may be duplicates of ``organisation``, most likely first, at most 20."""
    organisation = Organisation.objects.get(pk=organisation.pk)  # with the keys that the database made
    others = Organisation.objects.current().exclude(pk=organisation.pk)
    former = set(organisation.other_names.exclude(name_zh="").values_list("name_zh", flat=True))
    renamed = set(
        others.filter(other_names__name_zh=organisation.name_zh)
        .exclude(other_names__name_zh="")
        .values_list("pk", flat=True)
    )
    code = organisation_code_of(organisation.uscc, organisation.local_code)
    scores: dict[int, tuple[float, list[str | Promise]]] = {}
    columns = ("pk", "name_zh", "name_key", "core_key", "pinyin", "uscc", "local_code")
    for pk, name, key, core, pinyin, uscc, local in others.values_list(*columns).iterator():
        checks = (
            (1.0, SAME_CODE, code and code == organisation_code_of(uscc, local)),
            (0.95, SAME_NAME, key and key == organisation.name_key),
            (0.9, SAME_OTHER_NAME, pk in renamed or name in former),
            (0.85, SAME_CORE, core and core == organisation.core_key and key != organisation.name_key),
            (0.8, SAME_SOUND, pinyin and pinyin == organisation.pinyin and key != organisation.name_key),
        )
        found = [(score, reason) for score, reason, met in checks if met]
        if not found and (alike := similarity(core, organisation.core_key)) >= SIMILAR:
            found = [(alike * 0.8, SIMILAR_NAME)]
        if found:
            scores[pk] = (found[0][0], [reason for _score, reason in found])
    best = sorted(scores, key=lambda pk: (-scores[pk][0], pk))[:20]
    rows = Organisation.objects.in_bulk(best)
    return [Candidate(rows[pk], tuple(scores[pk][1]), scores[pk][0]) for pk in best]


def duplicate_pairs() -> list[tuple[Organisation, Organisation, tuple[str | Promise, ...]]]:
    """Pairs in the whole register that share a code or a name key, the surest first, at most 500."""
    rows = Organisation.objects.current().annotate(inner_code=Substr("uscc", 9, 9))
    pairs: dict[tuple[int, int], list[str | Promise]] = defaultdict(list)
    for column, reason in (
        ("inner_code", SAME_CODE),
        ("name_key", SAME_NAME),
        ("core_key", SAME_CORE),
        ("pinyin", SAME_SOUND),
    ):
        shared = (
            rows.exclude(**{f"{column}__isnull": True})
            .exclude(**{column: ""})
            .order_by()
            .values(column)
            .annotate(records=Count("pk"))
            .filter(records__gt=1)
            .values(column)
        )
        groups: dict[str, list[int]] = defaultdict(list)
        for pk, key in rows.filter(**{f"{column}__in": shared}).order_by("pk").values_list("pk", column):
            groups[key].append(pk)
        for members in groups.values():
            for pair in combinations(members[:10], 2):
                pairs[pair].append(reason)
    chosen = list(pairs.items())[:MOST_PAIRS]
    records = Organisation.objects.in_bulk({pk for pair, _reasons in chosen for pk in pair})
    return [(records[one], records[other], tuple(reasons)) for (one, other), reasons in chosen]
