"""Keep a way to read files under a name, so that the next file of its kind needs no choosing."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from funds.models import ColumnMapping
from innovation.core.errors import RuleViolation


@transaction.atomic
def save_mapping(*, name: str, content: Mapping[str, Any]) -> ColumnMapping:
    """Keep or replace the mapping of a name; ``content`` names its ``layout``.

    Raises RuleViolation MAPPING_NAME_TAKEN where the name stands for a mapping of another layout.
    """
    known = ColumnMapping.objects.select_for_update().filter(name=name).first()
    if known and known.content.get("layout") != content["layout"]:
        raise RuleViolation(
            "MAPPING_NAME_TAKEN", _("A mapping for another kind of file has this name already."), field="save_as"
        )
    return ColumnMapping.objects.update_or_create(name=name, defaults={"content": dict(content)})[0]
