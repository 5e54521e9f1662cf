"""Save staff plans and take them off the list."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from talent.actions.permitted import require
from talent.models import RatioDefinition, RatioMonthEnd, StaffPlan
from talent.queries.plans import PlanInputs, Start
from talent.queries.ratio import Scope, board_of

ONE_SCOPE = _("A plan is about an organisation or about a programme, not both.")


@transaction.atomic
def save_plan(
    *,
    name: str,
    note: str = "",
    month: RatioMonthEnd,
    definition: RatioDefinition,
    scope: Scope,
    inputs: PlanInputs,
    actor: User,
) -> StaffPlan:
    """Keep a plan with the figures it begins with. The registry is only read.

    Raises RuleViolation PLAN_NAME, PLAN_NAME_TAKEN, PLAN_SCOPE, PLAN_NO_START, and PLAN_RANGE for an input.
    """
    require(actor, "talent.add_staffplan")
    inputs.check()
    if not name.strip():
        raise RuleViolation("PLAN_NAME", _("Give the plan a name."), field="name")
    if scope.organisation is not None and scope.programme is not None:
        raise RuleViolation("PLAN_SCOPE", ONE_SCOPE)
    if StaffPlan.objects.filter(name=name.strip(), archived_at=None).exists():
        raise RuleViolation("PLAN_NAME_TAKEN", _("There is a plan of this name already."), field="name")
    start = Start.of(board_of(month, definition, scope))
    if start is None:
        raise RuleViolation("PLAN_NO_START", _("No laboratory here has figures to begin with."))
    return StaffPlan.objects.create(
        name=name.strip(), note=note.strip(), month=month, definition=definition, organisation=scope.organisation,
        programme=scope.programme, start=start.as_data(), inputs=inputs.as_data(), created_by=actor,
    )  # fmt: skip


@transaction.atomic
def archive_plan(*, plan_id: int, actor: User) -> StaffPlan:
    """Take a plan off the lists; it stays readable. Raises RuleViolation PLAN_ARCHIVED."""
    require(actor, "talent.add_staffplan")
    plan = StaffPlan.objects.select_for_update(of=("self",)).get(pk=plan_id)
    if plan.archived_at is not None:
        raise RuleViolation("PLAN_ARCHIVED", _("This plan is archived already."))
    plan.archived_at = timezone.now()
    plan.save(update_fields=["archived_at"])
    return plan
