"""No webhook opens a door into our own network."""

import socket

import pytest

from innovation.core import outbox, webhooks
from innovation.core.errors import RuleViolation


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "169.254.169.254", "10.0.0.1", "192.168.1.1",
     "172.16.0.1", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "100.64.0.1", "[fd00::1]",
     "[64:ff9b::7f00:1]", "224.0.0.1"],
)  # fmt: skip
def test_no_address_of_our_own_network_is_ever_called(settings, monkeypatch, host):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_ALLOW_PRIVATE = "s3cret", False
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("a connection was opened"))
    with pytest.raises(webhooks.NotDelivered, match=r"no address|not a public address"):
        webhooks.post(f"https://{host}/", {}, key="k")


def test_a_name_that_changes_its_mind_after_the_check_gains_nothing(settings, monkeypatch):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_ALLOW_PRIVATE = "s3cret", False
    answers, opened = iter(["93.184.215.14", "127.0.0.1"]), []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **more: [(socket.AF_INET, 1, 6, "", (next(answers), port))]
    )

    def connect(address, timeout):
        opened.append(address)
        raise OSError("stop here")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="stop here"):
        webhooks.post("https://rebinding.example.org/", {}, key="k")
    assert opened == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https://", "https://u:p@example.org/",
     "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\r\nX: y", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_webhook_address_is_refused_before_it_is_stored(settings, url):
    settings.WEBHOOK_SECRET, settings.WEBHOOK_ALLOW_PRIVATE = "s3cret", False
    with pytest.raises(RuleViolation, match="https://"):
        outbox.send_webhook(url=url, payload={}, key="k")


def test_without_a_secret_no_webhook_is_written(settings):
    settings.WEBHOOK_SECRET = ""
    with pytest.raises(RuleViolation, match="WEBHOOK_SECRET"):
        outbox.send_webhook(url="https://example.org/", payload={}, key="k")
