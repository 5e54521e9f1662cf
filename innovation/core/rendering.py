"""How Django draws forms: every ``{{ form }}`` follows one pattern, see ``templates/components/form.html``."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Error summary with links, then fields with label, hint, error and control in this order."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
