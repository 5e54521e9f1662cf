from pathlib import Path

import polib
import pytest
from django.utils.translation import gettext, override

from innovation.core import translations
from innovation.core.translations import Message

MODULE = """
from django.utils.translation import gettext_lazy as _, ngettext as many, pgettext_lazy
from django.utils import translation

A = _("One") + _(f"{x}") + _(variable) + other("Not this")
B = many("%(n)s fund", "%(n)s funds", n)
C = pgettext_lazy("month", "May")
D = translation.gettext("Long " "text")
"""
TEMPLATE = """{% load i18n %}{% translate "It's (in) brackets" %} _("plain text")
{% figure title=_("Loss rate") %}{{ x|default:_("none") }}
{% blocktranslate trimmed count n=n %}
  {{ n }} fund
{% plural %}
  {{ n }} funds
{% endblocktranslate %}"""


@pytest.fixture
def project(tmp_path: Path, settings) -> Path:
    """A project with one app, whose catalogue is in ``innovation/core`` as in ours."""
    core = tmp_path / "innovation/core"
    core.mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [core / "locale", tmp_path / "innovation/locale"]
    settings.INSTALLED_APPS = ["innovation.core"]
    return tmp_path


def texts(path: Path, content: str) -> list[Message]:
    path.write_text(content)
    return translations.messages_in(path)


def test_strings_of_a_module_are_found_with_context_and_plural(tmp_path):
    found = texts(tmp_path / "a.py", MODULE)
    assert {(message.text, message.context, message.plural) for message in found} == {
        ("One", None, None),
        ("%(n)s fund", None, "%(n)s funds"),
        ("May", "month", None),
        ("Long text", None, None),
    }


def test_strings_of_a_template_are_found_also_inside_tags_and_filters(tmp_path):
    found = texts(tmp_path / "a.html", TEMPLATE)
    assert {message.text for message in found} == {"It's (in) brackets", "Loss rate", "none", "%(n)s fund"}
    assert {message.plural for message in found} == {None, "%(n)s funds"}


def test_each_defect_is_named_and_refresh_adds_and_drops(project):
    module = project / "innovation/core/models.py"
    module.write_text('from django.utils.translation import gettext as _\nA = _("One %(x)s"), _("Two"), _("Three")\n')
    (project / "templates/home.html").write_text('{% load i18n %}{% translate "Four" %}')
    assert translations.defects() == [
        f"innovation/core: missing: {text!r}" for text in ("Four", "One %(x)s", "Three", "Two")
    ]
    assert translations.refresh("innovation/core") == (4, 0)

    path = translations.catalogues()["innovation/core"]
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        entry.msgstr = {"One %(x)s": "一", "Two": "二", "Three": ""}.get(entry.msgid, "四")
        entry.flags = ["fuzzy"] if entry.msgid == "Two" else []
    catalogue.save()
    assert translations.defects() == [
        "innovation/core: untranslated: 'Three'",
        "innovation/core: fuzzy: 'Two'",
        "innovation/core: placeholders differ: 'One %(x)s'",
    ]

    module.unlink()
    assert translations.defects() == [
        f"innovation/core: no longer used: {text!r}" for text in ("One %(x)s", "Three", "Two")
    ]
    assert translations.refresh("innovation/core") == (0, 3)
    assert translations.defects() == []


def test_only_a_stale_catalogue_is_compiled_and_a_fuzzy_string_is_left_out(project):
    path = translations.catalogues()["innovation/core"]
    path.parent.mkdir(parents=True)
    path.write_text('msgid "a"\nmsgstr "甲"\n\n#, fuzzy\nmsgid "b"\nmsgstr "乙"\n')
    assert translations.compile_all() == 1
    assert translations.compile_all() == 0
    assert {entry.msgid: entry.msgstr for entry in polib.mofile(str(path.with_suffix(".mo")))} == {"a": "甲"}


def test_django_shows_our_chinese_for_a_package_that_has_none():
    with override("zh-hans"):
        assert gettext("Apply Filters") == "应用筛选"
