"""By which words the office knows a person: what must not be left in what a blind reviewer reads."""

import re

from innovation.organisations.models import OrganisationName
from talent.models import Affiliation, Person

_PARTS = re.compile(r"[㐀-鿿·]{2,}|[A-Za-z][A-Za-z'-]{2,}")


def known_names(person: Person) -> set[str]:
    """Names of the person in every spelling, of the account, of employers under all their names, of laboratories."""
    found = {
        person.name_zh, person.name_en, person.whole_name, person.orcid or "",
        *re.split(r"[,;，；、]\s*", person.former_names), *_PARTS.findall(person.name_en),
    }  # fmt: skip
    if person.user is not None:
        found |= {person.user.name, person.user.email}
    posts = Affiliation.objects.filter(person=person).select_related("organisation", "laboratory")
    for post in posts:
        found |= {post.organisation.name_zh, post.organisation.name_en, post.organisation.code or ""}
        if post.laboratory is not None:
            found |= {post.laboratory.name_zh, post.laboratory.name_en}
    for names in OrganisationName.objects.filter(organisation__in={post.organisation_id for post in posts}).values_list(
        "name_zh", "name_en"
    ):
        found |= set(names)
    return {word for word in found if word}
