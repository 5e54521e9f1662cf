"""Forms that make one record however often they are sent.

The form carries a signed one-time token in a hidden field. The first request that arrives writes the token's row in
the transaction of its work; a second one, even at the same moment, waits for that row and is led to where the first
one went. Nothing of this needs a script.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from innovation.core.errors import RuleViolation
from innovation.core.inserting import insert_unless_taken
from innovation.core.models import OneTimeSubmit

TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name
MAX_AGE = 24 * 3600
_signer = TimestampSigner(salt="innovation.core.forms")


def new_token() -> str:
    """A fresh signed token."""
    return _signer.sign(uuid.uuid4().hex)


def read_token(text: str) -> uuid.UUID:
    """The token's number. Raises ``FORM_TOKEN`` when it is forged, damaged or older than a day."""
    try:
        return uuid.UUID(_signer.unsign(text, max_age=MAX_AGE))
    except SignatureExpired:
        message = _("This form was open for more than a day. Check your answers and send it again.")
    except (BadSignature, ValueError):
        message = _("This form could not be recognised. Check your answers and send it again.")
    raise RuleViolation("FORM_TOKEN", message)


class OneTimeToken(forms.BaseForm):
    """Mixin of every form that is sent by POST. Put it first: ``class EntryForm(OneTimeToken, forms.ModelForm)``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.add_prefix(TOKEN_FIELD)
        self.token: uuid.UUID | None = None
        self._token_error: RuleViolation | None = None
        self.fields[TOKEN_FIELD] = forms.CharField(widget=forms.HiddenInput, required=False, initial=new_token)
        if self.is_bound:
            try:
                self.token = read_token(self.data.get(name, ""))
            except RuleViolation as violation:
                # Shown again, the form carries a fresh token, so that sending it again works.
                self._token_error = violation
                self.data = self.data.copy()
                self.data[name] = new_token()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self._token_error:
            add_violation(self, self._token_error)
        return cleaned


def add_violation(form: forms.BaseForm, violation: RuleViolation) -> None:
    """Show a refused rule at its field, or above the form when the form has no such field."""
    field = violation.field if violation.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(violation), code=violation.code))


class _Undo(Exception):
    """Carries a page that is no success out of the transaction, so that the token stays unused."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response


def submit_once(request: HttpRequest, form: Any, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do ``work()``, which changes data and returns a redirect, once per token; later ones get the same redirect.

    The work runs in the token's transaction. A ``RuleViolation`` in it undoes both, and the form may be sent again.
    """
    owner = _owner(request)
    try:
        with transaction.atomic():
            row, is_first = _take(form.token, owner)
            if not is_first:
                if row.owner != owner:
                    raise RuleViolation("FORM_TOKEN", _("This form belongs to somebody else's visit. Open it again."))
                return HttpResponseRedirect(row.result or request.path)
            response = work()
            if not isinstance(response, HttpResponseRedirect):
                raise _Undo(response)
            row.result = response.url[:500]
            row.save(update_fields=["result"])
            return response
    except _Undo as undo:
        return undo.response
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise RuleViolation("STILL_RUNNING", _("What you sent is still being worked on. Wait a moment.")) from error
        raise


def _take(token: uuid.UUID, owner: str) -> tuple[OneTimeSubmit, bool]:
    """The row of ``token``, and whether this is the first to come with it; the common case asks first."""
    row = OneTimeSubmit(token=token, owner=owner)
    if insert_unless_taken(row):
        row._state.adding = False
        return row, True
    return OneTimeSubmit.objects.get(token=token), False


def _owner(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return f"user-{user.pk}" if user is not None and user.is_authenticated else "anonymous"


class SubmitOnce:
    """View mixin, left of ``FormView``, ``CreateView`` or ``UpdateView``, whose form is a ``OneTimeToken``.

    A ``RuleViolation`` of the action that ``form_valid`` calls is shown in the form, with what was typed.
    """

    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # CreateView and UpdateView set the record here; the plain FormView has none.
        if hasattr(self, "get_object"):
            self.object = self.get_object() if self._edits() else None
        form = self.get_form()  # type: ignore[attr-defined]
        if not form.is_valid():
            return self.form_invalid(form)  # type: ignore[attr-defined]
        try:
            return submit_once(request, form, lambda: self.form_valid(form))  # type: ignore[attr-defined]
        except RuleViolation as violation:
            add_violation(form, violation)
            return self.form_invalid(form)  # type: ignore[attr-defined]

    def _edits(self) -> bool:
        """Whether the address names a record (``UpdateView``)."""
        return bool({self.pk_url_kwarg, self.slug_url_kwarg} & set(self.kwargs))  # type: ignore[attr-defined]
