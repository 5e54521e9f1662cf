"""Acts upon what follows from a case, each asked for in one form that pages, admin and API share.

An act names the record it is about, who may find it (the action checks again), when it makes sense, and the action
that it calls with the cleaned fields.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.functional import Promise

from innovation.accounts.models import User
from innovation.calls.models import Application
from innovation.calls.models.application_states import leads

ACTS: dict[str, type["CaseAct"]] = {}
LONG = forms.Textarea({"rows": 5})


class CaseAct(forms.Form):
    """``permission`` is ``calls.…``, or ``leads`` or ``writes`` for the applicant's side; empty: see ``allowed``.

    ``tab`` is the part of the office's case page where the result is seen, ``page`` the template of the act's own page.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str | Promise] = ""
    permission: ClassVar[str] = ""
    model: ClassVar[type[models.Model]]
    dangerous: ClassVar[bool] = False
    tab: ClassVar[str] = "decisions"
    page: ClassVar[str] = "calls/following/act.html"
    record: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("name"):
            ACTS[cls.name] = cls

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        self.record = record
        super().__init__(*args, **kwargs)
        if record is not None:
            self.prepare(record)

    def prepare(self, record: Any) -> None:
        """Choices and first values that depend on the record."""

    @classmethod
    def case_of(cls, record: Any) -> Application | None:
        """The case that the record belongs to; None for a meeting."""
        for step in getattr(record, "case_path", "application").split("__"):
            record = record if isinstance(record, Application) else getattr(record, step, None)
        return record

    @classmethod
    def fits(cls, record: Any) -> bool:
        """Whether the act makes sense as the record stands; the action checks again."""
        return True

    @classmethod
    def allowed(cls, user: User, record: Any) -> bool:
        """Whether the button is shown to ``user``."""
        if cls.permission == "leads":
            return leads(user, cls.case_of(record))
        if cls.permission == "writes":
            case = cls.case_of(record)
            return case is not None and case.members.filter(user=user, role__in=["lead", "editor"]).exists()
        return user.is_staff if not cls.permission else user.has_perm(cls.permission)

    @staticmethod
    def run(record: Any, data: Mapping[str, Any], actor: User) -> Any:
        """Call the action; may raise RuleViolation."""
        raise NotImplementedError


def acts_on(record: Any, user: User) -> list[type[CaseAct]]:
    """The acts that ``user`` may take upon ``record`` now."""
    return [
        act for act in ACTS.values() if act.model is type(record) and act.fits(record) and act.allowed(user, record)
    ]
