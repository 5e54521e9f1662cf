"""What the detector calls the passages that it marks on the redaction desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from talent.rules import blinding

FINDING_WORDS = {
    blinding.Kind.YEAR: pgettext_lazy("passage", "year"),
    blinding.Kind.AGE: _("age"), blinding.Kind.EXPERIENCE: _("years of experience"),
    blinding.Kind.SENIORITY: _("seniority"), blinding.Kind.SEX: _("sex"), blinding.Kind.ORIGIN: _("origin or school"),
    blinding.Kind.TITLE: _("title or award"), blinding.Kind.NUMBER: _("number"),
    blinding.Kind.CONTACT: _("contact"), blinding.Kind.NAME: _("name"),
}  # fmt: skip
