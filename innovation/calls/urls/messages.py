"""Addresses of messages to applicants."""

from django.urls import URLPattern, path

from innovation.calls.views import messages

urlpatterns: list[URLPattern] = [
    path("desk/messages/", messages.Messages.as_view(), name="messages"),
    path("desk/messages/new/", messages.NewMessage.as_view(), name="message_new"),
    path("desk/messages/<int:pk>/", messages.MessagePage.as_view(), name="message"),
]
