"""Components: their words for screen readers, and that nothing a person entered becomes markup."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from innovation.core.components import (
    TASK_STATUS,
    Fact,
    Figure,
    Gauge,
    Moment,
    Status,
    Tab,
    Task,
    TaskState,
    Tone,
)
from innovation.core.fields import MoneyField
from innovation.core.gauges import gauge_svg, gauge_text
from innovation.core.icons import NAMES, icon

EVIL = "<img src=x onerror=alert(1)>\"'"
BAD_FORM = {"amount_amount": "1,5", "amount_unit": "wan", "name": EVIL}


class Sample(forms.Form):
    name = forms.CharField(label=EVIL, help_text="Plain", max_length=5)
    amount = MoneyField(label="Amount")
    stage = forms.ChoiceField(label="Stage", widget=forms.RadioSelect, choices=[("a", EVIL)])


def draw(tag: str, **context: Any) -> str:
    template = Template("{% load components figures %}" + tag)
    return template.render(Context(context | {"request": RequestFactory().get("/x/", {"q": EVIL})}))


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("{% status_tag value %}", Status(EVIL, Tone.OK)),
        ("{% unverified value %}", EVIL),
        ("{% figure_card value %}", Figure(EVIL, EVIL, EVIL, "/x/", EVIL, Status(EVIL), EVIL)),
        ("{% figure_card value %}", Figure("x", None, unknown=EVIL)),
        ("{% gauge value %}", Gauge(EVIL, Fraction(1, 3), Fraction(1, 2), Status(EVIL), headroom=[Fact(EVIL, EVIL)],
                                    unverified=EVIL)),
        ("{% timeline value %}", [Moment(date(2026, 1, 1), EVIL, EVIL, EVIL)]),
        ("{% task_list value %}", [Task(EVIL, "/x/", TaskState.TODO, EVIL)]),
        ("{% tabs value value.0.label %}", [Tab(EVIL, "/x/")]),
        ("{% facts value %}", [Fact(EVIL, EVIL), Fact(EVIL, None, unknown=EVIL)]),
        ("{% banner 'bad' value value %}", EVIL),
        ("{% empty_state value value value '/x/' %}", EVIL),
        ("{% loading value %}", EVIL),
        ("{% progress 30 value '' value %}", EVIL),
        ("{% time_chips none none %}{{ value }}", EVIL),
        ("{{ value }}", Sample(BAD_FORM)),
        ("{% unknown value %}", EVIL),
    ],
)  # fmt: skip
def test_entered_text_never_becomes_markup(tag: str, value: Any):
    html = draw(tag, value=value)
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_status_is_an_icon_and_a_word():
    html = draw("{% status_tag 'notice' 'Warning' %}")
    assert 'class="tag tone-notice"' in html
    assert 'aria-hidden="true"' in html
    assert "Warning" in html


@pytest.mark.parametrize("name", sorted(NAMES))
def test_icons_are_silent_for_screen_readers(name: str):
    assert 'aria-hidden="true" focusable="false"' in icon(name)


def test_an_icon_that_is_not_drawn_is_an_error():
    with pytest.raises(KeyError):
        icon("unicorn")


def test_a_figure_is_a_link_to_its_rows_and_unknown_gives_its_reason():
    assert '<a href="/rows/">21.0 %' in draw("{% figure_card label='Lost' value='21.0 %' href='/rows/' %}")
    unknown = draw("{% figure_card value %}", value=Figure("IRR", None, href="/rows/", unknown="No valuation."))
    assert 'figure-note">No valuation.' in unknown
    assert "<a " not in unknown


@pytest.mark.parametrize(
    ("used", "cap", "words"),
    [
        (Fraction(243, 1000), Fraction(2, 5), "Fund: 24.3\u202f% used, cap 40.0\u202f%, 15.7 points left"),
        (Fraction(47, 100), Fraction(2, 5), "Fund: 47.0\u202f% used, cap 40.0\u202f%, exceeded by 7.0 points"),
        (Fraction(3, 10), None, "Fund: 30.0\u202f% used, no limit"),
        (None, None, "Fund: not known"),
    ],
)
def test_a_gauge_says_in_one_sentence_what_it_draws(used: Fraction | None, cap: Fraction | None, words: str):
    gauge = Gauge("Fund", used, cap, Status("x", Tone.OK))
    assert gauge_text(gauge) == words
    assert f'role="img" aria-label="{words}"' in gauge_svg(gauge)
    assert "style=" not in gauge_svg(gauge)


def test_a_gauge_draws_used_band_and_cap_at_their_places():
    svg = gauge_svg(Gauge("Fund", Fraction(23, 100), Fraction(2, 5), Status("x", Tone.OK), Fraction(8, 25)))
    # The scale ends at 23/20 of the cap: 46 %. Half of it is used, the cap stands at 20/23, the band begins at 16/23.
    assert '<rect class="gauge-used tone-ok" x="0%" width="50.00%"' in svg
    assert '<rect class="gauge-band" x="69.57%" width="17.39%"' in svg
    assert 'x1="86.96%"' in svg


@pytest.mark.parametrize("state", list(TaskState))
def test_a_blocked_task_has_no_link_and_each_state_has_its_word(state: TaskState):
    html = draw("{% task_list tasks %}", tasks=[Task("Name the manager", "/go/", state)])
    assert ('href="/go/"' in html) is (state is not TaskState.BLOCKED)
    assert str(TASK_STATUS[state].label) in html


def test_a_timeline_names_days_and_moments_in_the_zone_of_the_office():
    moments = [Moment(datetime(2026, 7, 5, 1, 30, tzinfo=UTC), "Approved"), Moment(date(2026, 6, 30), "Written off")]
    html = draw("{% timeline moments %}", moments=moments)
    assert "2026-07-05 09:30" in html
    assert '<time datetime="2026-06-30">2026-06-30</time>' in html


def test_errors_link_to_the_first_control_of_their_field():
    html = draw("{{ form }}", form=Sample(BAD_FORM))
    assert 'role="alert"' in html
    for target in ("id_name", "id_amount_0", "id_stage_0"):
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html


def test_a_valid_or_untouched_form_shows_no_summary():
    assert "error-summary" not in draw("{{ form }}", form=Sample())


@pytest.mark.parametrize(
    ("amount", "unit", "fen"),
    [("1.5", "wan", 1_500_000), ("1,234.56", "yuan", 123_456), ("３亿元", "yi", 3 * 10**10), ("-2", "yuan", -200)],
)
def test_money_is_typed_with_its_unit_and_becomes_exact_fen(amount: str, unit: str, fen: int):
    assert MoneyField().clean([amount, unit]) == fen


@pytest.mark.parametrize(
    ("amount", "unit"), [("1,5", "wan"), ("0.001", "yuan"), ("3 万元", "yuan"), ("", "wan"), ("1", "dollar")]
)
def test_money_that_is_unclear_is_refused(amount: str, unit: str):
    with pytest.raises(forms.ValidationError):
        MoneyField().clean([amount, unit])


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(1_500_000, ["1.5", "wan"]), (123_456, ["1234.56", "yuan"]), (0, ["0", "wan"]), (10**12, ["1000000", "wan"])],
)
def test_stored_money_comes_back_as_it_would_be_typed(fen: int, shown: list[str]):
    assert MoneyField().widget.decompress(fen) == shown


def test_time_chips_keep_the_other_parameters_and_drop_the_page():
    request = RequestFactory().get("/x/", {"fund": "7", "page": "3", "as_of": "2020-01-01"})
    template = Template("{% load components %}{% time_chips as_of none %}")
    html = template.render(Context({"request": request, "as_of": date(2026, 6, 30)}))
    assert '<input type="hidden" name="fund" value="7">' in html
    assert 'name="page"' not in html
    assert 'type="date" id="as_of" name="as_of" value="2026-06-30"' in html


def test_a_printed_sheet_names_the_day_behind_today_and_now():
    request = RequestFactory().get("/x/")
    html = Template("{% load components %}{% time_chips none none %}").render(Context({"request": request}))
    today = timezone.localdate().isoformat()
    assert f'today<span class="on-paper"> ({today})</span>' in html
    assert f'now<span class="on-paper"> ({today} ' in html


def test_progress_asks_again_only_while_it_runs():
    assert 'hx-trigger="every 1s"' in draw("{% progress 30 '' '/job/' %}")
    assert "hx-get" not in draw("{% progress 100 %}")
    assert 'value="100"' in draw("{% progress 250 %}")
