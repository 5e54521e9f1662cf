"""Publish a version of a rubric of assessment. Rounds keep the version they began with."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from innovation.accounts.models import User
from talent.actions.redacting import require
from talent.models import AssessmentRubric
from talent.rules.rubric import rubric_of


@transaction.atomic
def publish_rubric(
    *, code: str, title_zh: str, title_en: str, content: Mapping[str, Any], status: str, source: str, actor: User
) -> AssessmentRubric:  # fmt: skip
    """Add the next version of rubric ``code``. Raises ``NOT_PERMITTED``, ``RUBRIC_FAULTY``, ``RUBRIC_WEIGHTS``."""
    require(actor, "talent.add_assessmentrubric")
    rubric_of(content)
    newest = AssessmentRubric.objects.filter(code=code).aggregate(newest=Max("version"))["newest"] or 0
    return AssessmentRubric.objects.create(
        code=code, version=newest + 1, title_zh=title_zh, title_en=title_en, content=dict(content), status=status,
        source=source,
    )  # fmt: skip
