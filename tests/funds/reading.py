"""The tolerance page as a test reads it."""

from django.urls import reverse

from tests.funds import scenes


def page(client, **query):
    return client.get(reverse("funds:tolerance"), scenes.TIMES | query, headers={"accept-language": "en"})


def text(response) -> str:
    return response.content.decode()
