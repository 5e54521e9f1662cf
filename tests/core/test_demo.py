"""What a demonstration says to try first."""

from pathlib import Path

import pytest

from innovation.core import demo
from tests.factories.accounts import as_role

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_lists_what_the_demonstration_prints_in_the_same_order():
    text = " ".join(README.read_text(encoding="utf-8").split())
    places = [text.find(f"{number}. {one}") for number, one in enumerate(demo.suggestions(), 1)]
    assert len(places) == 3
    assert -1 not in places
    assert places == sorted(places)
    assert all(f"`{one.path}`" in text for one in demo.suggestions())


@pytest.mark.django_db
def test_each_suggestion_works_for_the_role_it_names(client):
    for one in demo.suggestions():
        as_role(client, one.role)
        assert client.get(one.path).status_code == 200, one
