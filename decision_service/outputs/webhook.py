"""Messages as signed POSTs. The receiver checks the signature and drops a message id it has seen before."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from decision_service.network.exchange import BROKEN, UNPACKED, LateError, within
from decision_service.outputs.channel import DeliveryError, Message, as_bytes
from decision_service.reading.said import said_in

SIGNATURE = "Lagrum-Signature"
MESSAGE_ID = "Lagrum-Message-Id"
TOLERANCE = 300
"""Seconds by which a receiver lets the time of a signature differ from its own clock."""
_NOT_AGAIN = frozenset({400, 410, 413, 415, 422})
"""Statuses by which a receiver says that this message, or any message, will never be taken."""
_HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def signature(secret: bytes, at: int, body: bytes) -> str:
    """The value of ``Lagrum-Signature``: ``t=<Unix time>,v1=<hex>``, an HMAC-SHA256 of time, dot and body."""
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def verify(secret: bytes, header: str, body: bytes, now: int, tolerance: int = TOLERANCE) -> bool:
    """Whether a POST comes from whoever holds the secret, is unchanged, and was signed just now."""
    match = _HEADER.fullmatch(header)
    if match is None:
        return False
    at = int(match[1])
    genuine = hmac.compare_digest(signature(secret, at, body), f"t={at},v1={match[2]}")
    return genuine and abs(now - at) <= tolerance


class WebhookChannel:
    """An address that takes POSTs. Thread-safe.

    An address that leads to a private, local or otherwise special network is refused at each delivery, after
    the name has been looked up, unless ``allow_private``; only then may it be plain http. ``trusted`` is a
    PEM file with the CA of a receiver that has a CA of its own. ``timeout`` in seconds holds for the whole
    exchange.
    """

    def __init__(
        self,
        address: str,
        secret: bytes,
        *,
        timeout: float = 10.0,
        allow_private: bool = False,
        trusted: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises ValueError for an empty secret, and OSError for a ``trusted`` that holds no certificates."""
        if not secret:
            raise ValueError("a webhook needs a secret to sign with")
        self._address = address
        self._secret = secret
        self._timeout = timeout
        self._allow_private = allow_private
        self._tls = ssl.create_default_context(cafile=str(trusted)) if trusted is not None else True
        self._clock = clock

    @property
    def receiver(self) -> str:
        """The address."""
        return self._address

    def fault(self) -> str | None:
        """What is wrong with the address as it stands, in Swedish, before its name has been looked up."""
        try:
            url = self._url()
            if not self._allow_private and (literal := _literal(url.host)) and not _public(literal):
                return _say("private_address")
        except DeliveryError as error:
            return str(error)
        return None

    def deliver(self, message: Message) -> None:
        """POST a message. Any status 200–299 is a delivery. Raises DeliveryError for all else."""
        url = self._url()
        body = as_bytes(message)
        at = int(self._clock().timestamp())
        headers = {
            "Host": url.netloc.decode(),
            "Content-Type": "application/json",
            MESSAGE_ID: message.key,
            SIGNATURE: signature(self._secret, at, body),
            "User-Agent": "lagrum",
            **UNPACKED,
        }
        status = self._post(url, self._checked(url), headers, body)
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            raise DeliveryError(_say("sent_on", status=status), retry=True)
        text = f"Mottagaren svarade HTTP {status}."
        raise DeliveryError(text, retry=status not in _NOT_AGAIN, gone=status == 410)

    def _url(self) -> httpx.URL:
        try:
            url = httpx.URL(self._address)
            url.host.encode("idna")
        except (httpx.InvalidURL, ValueError) as error:  # what is no name of the net is a ValueError
            raise DeliveryError(_say("address_unreadable"), retry=False) from error
        allowed = ("https", "http") if self._allow_private else ("https",)
        if url.scheme not in allowed or not url.host or url.userinfo:
            raise DeliveryError(_say("not_https"), retry=False)
        return url

    def _checked(self, url: httpx.URL) -> list[str]:
        """The IP addresses of the host, all of which may be connected to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise DeliveryError(_say("name_not_found"), retry=True) from error
        addresses = [str(each[4][0]) for each in found]
        if not addresses or not (self._allow_private or all(_public(each) for each in addresses)):
            raise DeliveryError(_say("private_address"), retry=False)
        return list(dict.fromkeys(addresses))

    def _post(self, url: httpx.URL, addresses: list[str], headers: dict[str, str], body: bytes) -> int:
        """The status of the answer at the first address that answers; nothing of its body is read."""
        # The connection goes to an address that was checked, whatever the name leads to a moment later; the
        # certificate must still be the name's.
        named = {"sni_hostname": url.host}
        try:
            with within(self._timeout, verify=self._tls, timeout=self._timeout) as (client, late):
                for address in addresses:
                    at = url.copy_with(host=address)
                    with (
                        suppress(httpx.ConnectError),
                        client.stream(
                            "POST", at, headers=headers, content=body, extensions=named
                        ) as response,
                    ):
                        return response.status_code
                if late.is_set():
                    raise LateError
        except LateError as error:
            raise DeliveryError(_say("receiver_late"), retry=True) from error
        except BROKEN as error:
            raise DeliveryError(_say("receiver_broke_off"), retry=True) from error
        raise DeliveryError(_say("receiver_unreachable"), retry=True)


_say = said_in(__file__)


def _literal(host: str) -> str | None:
    """The address that a host is, in any way that a resolver reads one (``127.1``, ``0x7f000001``); None for
    a name, other than those that are this machine itself everywhere (RFC 6761)."""
    if host.rstrip(".").lower().rpartition(".")[2] == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _public(address: str) -> bool:
    """Whether an address lies on the open internet. IPv4 inside IPv6 is judged as IPv4 where it is only
    another way to write it, and is else the way around a fence."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return _public(str(found.ipv4_mapped))
        if found in _NAT64:
            return _public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        return found in _GLOBAL_UNICAST and found.is_global and not any(found in net for net in _THROUGH)
    return found.is_global and not found.is_multicast and found not in _PROTOCOLS


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out; local, old and reserved forms lie outside it."""
_THROUGH = (ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))
"""6to4 and Teredo: an IPv4 address of anybody's choice is inside."""
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
"""Addresses of protocols themselves, some of which a library takes for global."""
