"""What calls serve: the tree of goals of the city's strategy, and the programmes with their budgets."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models import Organisation


class NoCycle(pgtrigger.Trigger):
    """No goal is part of itself, however many stand between; writers take turns."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__parent__isnull=False)
    func = """
        PERFORM pg_advisory_xact_lock(hashtext('calls.goal'));
        IF EXISTS (
            WITH RECURSIVE above(id) AS (
                SELECT NEW.parent_id
                UNION
                SELECT goal.parent_id FROM calls_goal goal JOIN above ON goal.id = above.id
                WHERE goal.parent_id IS NOT NULL
            ) SELECT FROM above WHERE id = NEW.id
        ) THEN
            RAISE EXCEPTION 'A goal is never part of itself.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class Titled(models.Model):
    """A Chinese and an English title; ``title`` is the reader's."""

    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.title_zh if chinese or not self.title_en else self.title_en


@track()
class Goal(Titled):
    """A goal of the strategy; every published call names one."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("part of"), null=True, blank=True, related_name="parts"
    )

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["code"]
        triggers = [NoCycle(name="goal_no_cycle")]


@track()
class Programme(Titled):
    """A group of calls with a goal, a budget, a horizon and a day on which it is looked at again."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    goal = models.ForeignKey(Goal, models.PROTECT, verbose_name=_("goal"), related_name="programmes")
    is_mission = models.BooleanField(_("mission programme"), default=False)
    budget_fen = models.BigIntegerField(_("budget"), null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    review_on = models.DateField(_("review due"), help_text=_("No call is published after it without a review."))
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)
    funding_body = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("funding body"), null=True, blank=True, related_name="+"
    )
    managing_body = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("managing body"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="programme_days_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A programme ends after it starts."),
            ),
            models.CheckConstraint(
                name="programme_budget_positive",
                condition=Q(budget_fen=None) | Q(budget_fen__gt=0),
                violation_error_message=_("A budget is above zero."),
            ),
        ]

    def may_publish_on(self, day: date) -> bool:
        """Whether the sunset rule allows a new call: the review is not due yet, or was made since."""
        return day <= self.review_on or (self.reviewed_on is not None and self.reviewed_on >= self.review_on)
