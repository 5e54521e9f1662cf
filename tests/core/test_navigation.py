"""Navigation and start page: each person sees the own tasks only."""

import pytest
from django.test import Client

from innovation.accounts.choices import Role
from innovation.core import home, navigation
from innovation.core.home import Card
from innovation.core.navigation import NavItem
from tests.factories.accounts import UserFactory, as_role


@pytest.fixture
def own_entries(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(navigation, "_items", [])
    monkeypatch.setattr(home, "_providers", [])


class Someone:
    """A stand-in for a person: navigation asks its items only, and those ask this."""

    is_staff = True


def test_items_stand_in_order_and_the_longest_address_is_current(own_entries):
    navigation.register(NavItem("Second", "Components", "gallery", lambda user: True, 20))
    navigation.register(NavItem("First", "Start", "home", lambda user: True, 10))
    navigation.register(NavItem("First", "Hidden", "admin:index", lambda user: False, 5))
    sections = navigation.sections_for(Someone(), "/components/progress/20/")
    assert [section.label for section in sections] == ["First", "Second"]
    assert [(link.label, link.current) for section in sections for link in section.links] == [
        ("Start", False),
        ("Components", True),
    ]


def test_the_same_item_twice_counts_once(own_entries):
    item = NavItem("First", "Start", "home", lambda user: True)
    navigation.register(item)
    navigation.register(item)
    assert len(navigation.sections_for(Someone(), "/")[0].links) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "rail", "gallery", "admin"),
    [(None, False, 302, False), (Role.APPLICANT, False, 403, False), (Role.REVIEWER, True, 403, False)]
    + [(role, True, 200, True) for role in Role if role not in {Role.APPLICANT, Role.REVIEWER}],
)  # fmt: skip
def test_who_sees_which_frame(client: Client, role: Role | None, rail: bool, gallery: int, admin: bool):
    as_role(client, role)
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert ('class="with-rail"' in page) is rail
    assert ('href="/admin/"' in page) is admin
    assert client.get("/components/").status_code == gallery


@pytest.mark.django_db
def test_cards_of_the_start_page_come_from_their_apps(client: Client, own_entries):
    as_role(client, Role.FUND_OFFICER)
    home.register(lambda user: [Card("Second <b>card</b>", "/two/", "overview")], order=20)
    home.register(lambda user: [Card("First card", "/one/", figure="3", urgent=True)], order=10)
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert page.index("Needs you now") < page.index("First card") < page.index("Overview")
    assert "Second &lt;b&gt;card&lt;/b&gt;" in page


@pytest.mark.django_db
def test_an_applicant_without_applications_finds_the_calls_first(client: Client, own_entries):
    as_role(client, Role.APPLICANT)
    assert "No call is open at present." in client.get("/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "shown"), [(Role.ADMINISTRATOR, True), (Role.FUND_OFFICER, False)])
def test_the_gallery_of_components_stands_in_the_administrators_rail_alone(client, role, shown):
    client.force_login(UserFactory(role=role))
    assert ('href="/components/"' in client.get("/").text) is shown
    assert client.get("/components/").status_code == 200


@pytest.mark.django_db
def test_the_public_page_promises_only_what_there_is(client):
    page = client.get("/").text
    for link in ("/account/login/", "/account/signup/"):
        assert f'href="{link}"' in page
    assert "A directory of organisations" in page
    assert "See the calls and apply" in page
    for promise in ("Name your organisation", "take a licence"):
        assert promise not in page
