"""Both sides sign the agreement on its page, each with its password right before."""

import pytest
from django.urls import reverse

from innovation.core.forms import new_token
from tests.calls.scenes import Office
from tests.factories.accounts import PASSWORD
from tests.factories.calls import ApplicationFactory

pytestmark = pytest.mark.django_db


def sign(client, user, agreement):
    """Sign in, read the page, press its button, and show the password once more: that signs."""
    client.logout()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    address = reverse("calls:sign", args=[agreement.pk])
    assert agreement.sha256 in client.get(address).text
    asked = client.post(address, {"form_token": new_token(), "sha256": agreement.sha256})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    return client.post(asked.url, {"password": PASSWORD})


def test_the_case_runs_once_both_sides_have_signed_on_the_page(client):
    office = Office()
    case = ApplicationFactory(state="ranked")
    office.decided(case)
    office.noticed(case)
    agreement = office.offered(case)
    assert sign(client, case.created_by, agreement).status_code == 302
    case.refresh_from_db()
    assert case.state == "noticed"
    assert sign(client, office.chair, agreement).status_code == 302
    case.refresh_from_db()
    assert (case.state, agreement.signatures.count()) == ("active", 2)
