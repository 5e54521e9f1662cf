"""The office's form of a schedule: the parameters of its report as fields of their own, then when it is made."""

from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from innovation.reports.models import ReportSchedule
from innovation.reports.models.schedules import every_language
from innovation.reports.registry import ReportKind, canonical_parameters

PREFIX = "parameter"
MANY = 12
"""A list of more choices than this is searched and not read."""


class ScheduleForm(forms.ModelForm):
    """A schedule of one kind of report; the kind is chosen before and stays."""

    report_kind: ClassVar[ReportKind]
    kind = forms.CharField(widget=forms.HiddenInput)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), initial=every_language, widget=widgets.UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ReportSchedule
        fields = ["kind", "every", "day", "day_rule", "at", "languages", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["kind"] = self.report_kind.code
        self.fields["languages"].choices = ReportSchedule._meta.get_field("languages").base_field.choices
        for name, value in self.instance.parameters.items():
            self.initial[field_name(name)] = value

    def clean_kind(self) -> str:
        """The kind of the page, whatever was sent."""
        return self.report_kind.code

    def clean(self) -> dict[str, Any] | None:
        """Also ask the report's own form, whose rules lie between several parameters."""
        asked = self.report_kind.form(data=self.data, prefix=PREFIX, scheduled=True)
        if asked.is_valid():
            self.instance.parameters = canonical_parameters(asked.cleaned_data)
        for name, errors in asked.errors.as_data().items():
            field = field_name(name) if field_name(name) in self.fields else None
            if field not in self.errors:
                self.add_error(field, errors)
        return super().clean()

    def _post_clean(self) -> None:
        """Also check the constraints over columns that no one types, so that a clash is an error of the form.

        The record can be checked only when its parameters are known.
        """
        if self.errors:
            return
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)


def field_name(parameter: str) -> str:
    """The name of a parameter's field among those of the schedule."""
    return f"{PREFIX}-{parameter}"


def schedule_form(kind: ReportKind) -> type[ScheduleForm]:
    """The form class for schedules of ``kind``."""
    fields = {field_name(name): _dressed(field) for name, field in kind.form(scheduled=True).fields.items()}
    return type("ScheduleForm", (ScheduleForm,), fields | {"report_kind": kind})


def parameter_fields(kind: ReportKind) -> list[str]:
    """The names of the fields that ``schedule_form(kind)`` has for the parameters."""
    return [field_name(name) for name in kind.parameters.base_fields]


def _dressed(field: forms.Field) -> forms.Field:
    """A copy of ``field`` with the widget of the admin."""
    copy = deepcopy(field)
    if copy.widget.is_hidden:
        return copy
    if isinstance(copy, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        widget: forms.Widget = widgets.UnfoldAdminSelect2MultipleWidget()
    elif isinstance(copy, forms.ModelChoiceField):
        widget = widgets.UnfoldAdminSelect2Widget()
    elif isinstance(copy, forms.ChoiceField):
        widget = widgets.UnfoldAdminSelect2Widget() if len(copy.choices) > MANY else widgets.UnfoldAdminSelectWidget()
    else:
        widget = next((made() for base, made in _WIDGETS.items() if isinstance(copy, base)), copy.widget)
    widget.is_required = copy.required
    if isinstance(copy, forms.ChoiceField):
        widget.choices = copy.choices
    copy.widget = widget
    return copy


_WIDGETS: dict[type[forms.Field], type[forms.Widget]] = {
    forms.BooleanField: widgets.UnfoldBooleanWidget,
    forms.DateField: widgets.UnfoldAdminSingleDateWidget,
    forms.DecimalField: widgets.UnfoldAdminDecimalFieldWidget,
    forms.IntegerField: widgets.UnfoldAdminIntegerFieldWidget,
    forms.CharField: widgets.UnfoldAdminTextInputWidget,
}
