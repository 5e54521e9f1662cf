"""Files that the talent part takes in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TalentFile(TextChoices):
    PEOPLE = "people", _("People with a post and a kind (CSV)")
    CERIF = "cerif", _("People of a research system (CERIF XML)")
    ESCO = "esco", _("Skills of ESCO (CSV)")
