"""Own skills and their evidence; the file of a piece of evidence."""

from typing import Any

from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import ConfirmPage, PageMixin
from talent.actions import skills
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.forms import skills as forms
from talent.models import Evidence, SkillClaim
from talent.views.profile import OwnForm


class ClaimSkill(OwnForm):
    title = _("Claim a skill")
    lead = _("Say how well, then add evidence. Frameworks are shown for reference; none equals another.")
    form_class = forms.ClaimForm
    done_message = _("The skill is in your profile. Add evidence, so that an officer can verify it.")

    def act(self, form: BaseForm) -> None:
        data = form.cleaned_data
        skills.claim_skill(
            person_id=self.person.pk, skill_id=data["skill"].pk, level=data["level"], note=data["note"],
            actor=self.request.user,
        )  # fmt: skip


class _OwnClaim(OwnForm):
    @cached_property
    def claim(self) -> SkillClaim:
        rows = SkillClaim.objects.filter(person__user=self.request.user).select_related("skill")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.claim.skill.name


class ChangeClaim(_OwnClaim, ClaimSkill):
    """Another level or note; what was verified is then verified anew."""

    lead = _("A changed claim is verified anew.")
    done_message = _("The skill is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {"skill": self.claim.skill_id, "level": self.claim.level, "note": self.claim.note}


class DropClaim(ConfirmPage, _OwnClaim):
    warning = _("The skill leaves your profile and the directory. Its evidence stays with you.")
    submit_label: str | Promise = _("Take the skill out")

    def act(self, form: BaseForm) -> None:
        skills.drop_claim(claim_id=self.claim.pk, actor=self.request.user)


class AddEvidence(OwnForm):
    title = _("Add evidence")
    lead = _("One paper may prove several of your skills.")
    form_class = forms.EvidenceForm
    done_message = _("The evidence is added. An officer looks at it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.person}

    def act(self, form: BaseForm) -> None:
        data = dict(form.cleaned_data)
        claims, upload = data.pop("claims"), data.pop("file")
        skills.add_evidence(
            person_id=self.person.pk, claim_ids=[claim.pk for claim in claims], upload=upload,
            actor=self.request.user, **data,
        )  # fmt: skip


class EvidenceFile(PageMixin, View):
    """The file as it came in, for its person and the office."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        found = Evidence.objects.visible_to(request.user).filter(pk=pk, removed_at=None).exclude(file="").first()
        if found is None:
            raise Http404
        record_reads(request.user, [found.person_id], ["file"], ReadPurpose.VERIFICATION, ReadDoor.FILE)
        return FileResponse(
            found.file.open("rb"), as_attachment=True, filename=found.file_name,
            content_type=CONTENT_TYPES[FileKind(found.file_kind)],
        )  # fmt: skip
