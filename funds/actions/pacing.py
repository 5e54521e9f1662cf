"""Record pacing models; a change is the next version."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from funds.models import PacingModel
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation


@transaction.atomic
def record_pacing_model(
    *,
    code: str,
    name_zh: str,
    call_rates: Sequence[Decimal],
    life_years: int,
    bow: Decimal,
    growth: Decimal,
    timing: str,
    source: str,
    actor: User,
    least_yield: Decimal = Decimal(0),
    name_en: str = "",
    fund_class: str = "",
) -> PacingModel:
    """Record a model as the first or the next version of ``code``. Rates and growth are shares a year.

    Raises RuleViolation PACING_TERMS where a value has no meaning; PermissionDenied without
    ``funds.add_pacingmodel``.
    """
    if not actor.has_perm("funds.add_pacingmodel"):
        raise PermissionDenied
    with connection.cursor() as cursor:
        # Two versions recorded at once would take one number.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"pacing {code}"])
    last = PacingModel.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0
    model = PacingModel(
        code=code,
        version=last + 1,
        name_zh=name_zh,
        name_en=name_en,
        fund_class=fund_class,
        call_rates=list(call_rates),
        life_years=life_years,
        bow=bow,
        growth=growth,
        least_yield=least_yield,
        timing=timing,
        source=source,
        recorded_by=actor,
    )
    try:
        model.terms  # noqa: B018 - the rules refuse terms without meaning
    except ValueError as error:
        raise RuleViolation(
            "PACING_TERMS",
            _("Call rates and yield lie between 0 and 1, life is one year or more, bow is above 0."),
            field="call_rates",
        ) from error
    model.save(force_insert=True)
    return model
