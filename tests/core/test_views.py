"""The frame of every page and the bases of views."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_start_page_opens_for_everyone_in_both_languages(client: Client):
    english = client.get("/", headers={"accept-language": "en"}).content.decode()
    chinese = client.get("/", headers={"accept-language": "zh-hans"}).content.decode()
    assert '<html lang="en"' in english
    assert '<html lang="zh-Hans"' in chinese


@pytest.mark.django_db
def test_choices_of_display_are_remembered_and_lead_back_only_into_the_product(client: Client):
    answer = client.post("/display/", {"unit": "yi", "theme": "dark", "next": "/?page=2"})
    assert answer.headers["Location"] == "/?page=2"
    assert client.cookies["unit"].value == "yi"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert client.post("/display/", {"unit": "yi", "next": "//evil.example"}).headers["Location"] == "/"


@pytest.mark.django_db
def test_a_choice_that_does_not_exist_is_not_kept(client: Client):
    client.post("/display/", {"unit": "dollar", "theme": "<b>"})
    assert "unit" not in client.cookies
    assert "theme" not in client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/no-such-page/", "/%3Cscript%3Ealert(1)%3C/script%3E/"])
def test_a_missing_page_has_our_frame_and_escapes_its_address(client: Client, path: str):
    answer = client.get(path, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
