"""A form sent twice makes one record; one that was refused can be sent again."""

import threading
import time

import pytest
from django import forms
from django.core.signing import TimestampSigner
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.views.generic import FormView

from innovation.core.errors import RuleViolation
from innovation.core.forms import OneTimeToken, SubmitOnce, new_token
from innovation.core.models import OneTimeSubmit
from tests.factories.accounts import UserFactory
from tests.toys.models import Shelf


class ShelfForm(OneTimeToken, forms.ModelForm):
    class Meta:
        model = Shelf
        fields = ["name"]


class ShelfView(SubmitOnce, FormView):
    form_class = ShelfForm
    pause = 0.0

    def form_valid(self, form):
        if form.cleaned_data["name"] == "forbidden":
            raise RuleViolation("NO", "This name is forbidden.", field="name")
        shelf = form.save()
        time.sleep(self.pause)
        return HttpResponseRedirect(f"/shelves/{shelf.pk}/")

    def form_invalid(self, form):
        return HttpResponse(repr(form.errors.get_json_data()), status=422)


def send(user, token, name="A", view=None):
    request = RequestFactory().post("/shelves/add/", {"name": name, "form_token": token})
    request.user = user
    return (view or ShelfView.as_view())(request)


@pytest.fixture
def user(db):
    return UserFactory()


def test_the_second_of_two_equal_submits_is_led_to_the_first_ones_result(user):
    token = ShelfForm()["form_token"].initial
    first, second = send(user, token), send(user, token)
    assert first.url == second.url == f"/shelves/{Shelf.objects.get().pk}/"


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_the_same_moment_make_one_record():
    user, token, answers = UserFactory(), new_token(), []
    start = threading.Barrier(3)

    def one():
        start.wait()
        answers.append(send(user, token, view=ShelfView.as_view(pause=0.3)).url)
        connection.close()

    threads = [threading.Thread(target=one) for __ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [f"/shelves/{Shelf.objects.get().pk}/"] * 3


def test_two_forms_make_two_records(user):
    assert send(user, new_token()).url != send(user, new_token()).url
    assert Shelf.objects.count() == 2


def test_a_refused_submit_changes_nothing_and_its_token_can_be_used_again(user):
    token = new_token()
    assert "This name is forbidden." in send(user, token, "forbidden").content.decode()
    assert "required" in send(user, token, "").content.decode()
    assert not OneTimeSubmit.objects.exists()
    assert send(user, token).status_code == 302


@pytest.mark.parametrize(
    "token",
    ["", "rubbish", new_token()[:-1] + "!", TimestampSigner(salt="other").sign("00" * 16)],
    ids=["empty", "rubbish", "forged", "foreign"],
)
def test_a_token_that_is_not_ours_is_refused_and_the_form_shown_with_a_fresh_one(user, token):
    form = ShelfForm({"name": "A", "form_token": token})
    assert not form.is_valid()
    assert form.errors.get_json_data()["__all__"][0]["code"] == "FORM_TOKEN"
    assert ShelfForm({"name": "A", "form_token": form.data["form_token"]}).is_valid()
    assert send(user, token).status_code == 422
    assert not Shelf.objects.exists()


def test_a_token_older_than_a_day_is_refused_in_words(user, monkeypatch):
    token = new_token()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    assert "more than a day" in send(user, token).content.decode()


def test_the_token_of_somebody_elses_submit_does_not_lead_to_their_record(user):
    token = new_token()
    send(user, token)
    answer = send(UserFactory(), token)
    assert answer.status_code == 422
    assert Shelf.objects.count() == 1


def test_the_hidden_field_is_in_the_page_without_a_script(user):
    assert '<input type="hidden" name="form_token"' in ShelfForm().as_p()


def test_the_token_and_the_work_stand_or_fall_together(user):
    token = new_token()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send(user, token)
        raise ZeroDivisionError
    assert not OneTimeSubmit.objects.exists()
    assert send(user, token).status_code == 302
