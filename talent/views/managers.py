"""Technology managers whose credentials do not cover the level that matching uses: as of now, with the last proof."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, TableView
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.models import ManagerProof, Person
from talent.queries.managers import uncovered
from talent.views.matching.base import desk_allowed, level_words

TITLE = gettext_lazy("Technology managers without a credential")


class UncoveredManagers(TableView):
    """The finding, computed when it is read, so that what was put right is gone."""

    title = TITLE
    allowed = staticmethod(desk_allowed)
    empty_title = _("Every technology manager in force holds a credential of the level")
    columns = (
        TableColumn(_("Person"), lambda row: str(row["person"]), key="person", heading=True,
                    link=lambda row: reverse("talent:person", args=[row["person"].pk])),
        TableColumn(_("Level used for matching"), lambda row: level_words(row["found"].level), key="level"),
        TableColumn(_("Level by credentials in force"),
                    lambda row: level_words(row["found"].held) if row["found"].held else None, key="held",
                    unknown=_("No credential in force")),
        TableColumn(_("What to do"), lambda row: gettext("Enter the lower level, or suspend until renewed")
                    if row["found"].held else gettext("Suspend the profile until a credential is in force"), key="do"),
    )  # fmt: skip

    def get_queryset(self) -> list[dict[str, Any]]:
        _managers, found = uncovered(timezone.localdate())
        people = Person.objects.in_bulk([each.person_id for each in found])
        record_reads(self.request.user, list(people), ("name_zh", "level"), ReadPurpose.MATCHING, ReadDoor.LIST)
        return [{"person": people[each.person_id], "found": each} for each in found]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proof = ManagerProof.objects.first()
        lead = gettext("A lapsed credential ends no profile by itself: the office decides. Proved every night.")
        if proof:
            lead += " " + gettext("Last proof: %(at)s, %(managers)s managers, %(found)s found.") % {
                "at": proof, "managers": proof.managers, "found": len(proof.findings),
            }  # fmt: skip
        return super().get_context_data(lead=lead, **kwargs)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]
