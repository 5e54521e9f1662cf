"""The pages of the data dictionary say what the models say, and people said something about every table."""

import re

import pytest

from innovation.core.data_dictionary import MARK, described, page_of, renewed
from tests.toys.models import Book, Errand, Receipt

PAGES = ["funds", "talent"]


@pytest.mark.parametrize("app", PAGES)
def test_the_page_is_what_the_command_prints(app):
    text = page_of(app).read_text(encoding="utf-8")
    assert text == renewed(app, text), f'run make manage ARGS="data_dictionary {app} --write"'


@pytest.mark.parametrize("app", PAGES)
def test_every_table_has_words_of_its_own(app):
    sections = re.split(r"^## ", page_of(app).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert sections
    wordless = [section.splitlines()[0] for section in sections if not "".join(section.split(MARK)[0].split("\n")[1:])]
    assert wordless == []


def test_columns_tell_type_unit_reference_and_codes():
    book, errand = described(Book), described(Errand)
    assert "| `pages` | integer | yes |  | Pages |" in book
    assert "| `shelf_id` | bigint | yes |  | Shelf; key of `toys_shelf` |" in book
    assert "State. One of: `draft` Draft, `lent` Lent out" in book
    assert "| `progress` | smallint | no | % | Progress |" in errand
    assert "| `created_at` | timestamp with time zone | no | moment | Asked for |" in errand


def test_rules_and_triggers_are_named_with_what_they_say():
    assert "- `toys_errand_attempts_capped`: A job is tried three times at most." in described(Errand)
    receipt = (
        "- `receipt`: Rows are never changed, deleted or truncated. `superseded_at` goes from empty to a value once."
    )
    assert receipt in described(Receipt)
    assert "- History: every insert, update and delete is kept in `toys_bookevent`." in described(Book)


def test_words_stay_and_a_table_without_section_gets_one():
    text = renewed(
        "toys", "# Toys\n\nRead me.\n\n## `toys_shelf`: shelf\n\nWhere books stand.\n\n## `toys_gone`: gone\n\nOld.\n"
    )
    assert text.startswith("# Toys\n\nRead me.\n\n## ")
    assert f"## `toys_shelf`: shelf\n\nWhere books stand.\n\n{MARK}\n\n| Column |" in text
    assert f"## `toys_stamp`: stamp\n\n{MARK}\n\n| Column |" in text
    assert "toys_gone" not in text
    assert renewed("toys", text) == text
