"""The frame of every page and the bases of views."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import OneTimeToken
from innovation.core.tables import TableColumn
from innovation.core.views import FormPage, TableView
from tests.factories.accounts import UserFactory


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


class GroupForm(OneTimeToken, forms.Form):
    name = forms.CharField()


class AddGroup(FormPage):
    title = "Add a group"
    form_class = GroupForm
    success_url = "/done/"
    done_message = "Added."

    def act(self, form: GroupForm) -> None:
        if form.cleaned_data["name"] == "taken":
            raise RuleViolation("TAKEN", "This name is taken.", field="name")
        Group.objects.create(name=form.cleaned_data["name"])


class Groups(TableView):
    title = "Groups"
    columns = [TableColumn("Name", "name", key="name", order_by=("name",))]

    def get_queryset(self):
        return Group.objects.all()


def ask(view: type, user: object, *, data: dict | None = None, **headers: str):
    make = RequestFactory()
    request = make.post("/x/", data) if data is not None else make.get("/x/", headers=headers)
    request.user, request.session, request.htmx = user, {}, None
    request.htmx = HtmxDetails(request)
    request._messages = FallbackStorage(request)
    answer = view.as_view()(request)
    return answer.render() if hasattr(answer, "render") else answer


@pytest.mark.django_db
def test_a_refused_rule_stands_at_its_field_and_a_second_sending_makes_no_second_record():
    user = UserFactory()
    token = str(GroupForm()["form_token"].value())
    refused = ask(AddGroup, user, data={"name": "taken", "form_token": token})
    assert refused.status_code == 422
    assert "This name is taken." in refused.content.decode()
    assert "<title>Error: Add a group" in refused.content.decode()
    for _time in range(2):
        assert ask(AddGroup, user, data={"name": "new", "form_token": token}).url == "/done/"
    assert Group.objects.filter(name="new").count() == 1


@pytest.mark.django_db
def test_htmx_gets_the_list_alone_but_the_whole_page_when_it_restores_one():
    user = UserFactory(role=Role.FUND_OFFICER)
    part = {"hx-request": "true", "hx-target": "table"}
    assert ask(Groups, user, **part).content.decode().lstrip().startswith("<section")
    for headers in ({}, part | {"hx-history-restore-request": "true"}, {"hx-request": "true", "hx-target": "other"}):
        answer = ask(Groups, user, **headers)
        assert "<html" in answer.content.decode()
        assert "HX-Request" in answer["Vary"]


@pytest.mark.django_db
def test_pages_send_strangers_to_the_login_and_refuse_who_may_not():
    class Closed(Groups):
        allowed = staticmethod(lambda user: False)

    assert "next=/x/" in ask(Closed, AnonymousUser()).url
    with pytest.raises(PermissionDenied):
        ask(Closed, UserFactory())
