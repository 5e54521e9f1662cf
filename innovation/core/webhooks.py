"""Signed POSTs to addresses that people typed in, without becoming a door into our own network.

The host is resolved once, every address it has must be public, and the connection goes to the very address that was
checked, so that a name which changes its mind between check and connection (DNS rebinding) gains nothing. Redirects
are not followed.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation

TIMEOUT = 10
ANSWER_LIMIT = 65_536


class NotDelivered(Exception):
    """The receiver did not take the message."""


def check_url(url: str) -> None:
    """Refuse what cannot be a webhook's address before it is stored. Raises ``WEBHOOK_ADDRESS``."""
    try:
        parts = urlsplit(url)
        usable = parts.hostname and parts.port != 0 and not parts.username and not parts.password
    except ValueError:
        parts, usable = None, False
    schemes = {"https", "http"} if settings.WEBHOOK_ALLOW_PRIVATE else {"https"}
    if not usable or parts.scheme not in schemes or any(sign.isspace() or ord(sign) < 32 for sign in url):  # noqa: PLR2004
        raise RuleViolation("WEBHOOK_ADDRESS", _("A webhook's address begins with https:// and a host."), field="url")


def public_address(host: str, port: int) -> str:
    """The address to connect to. Raises ``NotDelivered`` when any address of the host is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(f"{host} has no address") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not settings.WEBHOOK_ALLOW_PRIVATE and not all(_is_public(address) for address in addresses):
        raise NotDelivered(f"{host} is not a public address")
    return str(addresses[0])


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return _is_public(inner)
    nat64 = address.version == 6 and address in ipaddress.ip_network("64:ff9b::/96")  # noqa: PLR2004
    return address.is_global and not address.is_multicast and not nat64


def sign(body: bytes, moment: int) -> str:
    """``t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`` under ``WEBHOOK_SECRET``."""
    mac = hmac.new(settings.WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


def post(url: str, payload: dict[str, Any], *, key: str) -> None:
    """Deliver once. Raises ``NotDelivered`` for any answer but 2xx, ``OSError`` when nobody answers."""
    check_url(url)
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    body = json.dumps(payload, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    connection.sock = socket.create_connection((public_address(host, port), port), TIMEOUT)
    try:
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
            connection.default_port = 443
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "innovation-programme",
            "Idempotency-Key": hashlib.sha256(key.encode()).hexdigest(),
            "X-Innovation-Signature": sign(body, int(time.time())),
        }
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(ANSWER_LIMIT)
        if not http.client.OK <= answer.status < http.client.MULTIPLE_CHOICES:
            raise NotDelivered(f"The receiver answered {answer.status}")
    finally:
        connection.close()
