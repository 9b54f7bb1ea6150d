"""Decides who may ask: checks host, origin and token before any route, and adds headers that restrict the page.

The token is in the address that Gage prints, after `#`, so that it is not sent to any server or kept in logs. The page
sends it once, in a header, and gets a cookie that scripts cannot read. A change needs the header `X-Gage` as well,
which another site cannot send.
"""

import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from typing import NamedTuple

COOKIE = "gage"
TOKEN_HEADER = "authorization"
CHANGE_HEADER = "x-gage"
LOOPBACK_HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))
ANY_ADDRESS = frozenset(("0.0.0.0", "::", ""))
"""Hosts that stand for all addresses of this machine."""
OPEN_PATHS = re.compile(r"/|/assets/[\w.-]+|/favicon\.svg|/manifest\.webmanifest|/api/login")
"""Paths that need no token: the page itself, which has no data."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

_HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::\d{1,5})?")


class Refusal(NamedTuple):
    """Why a request is refused."""

    status: int
    message: str
    hint: str = ""


class Guard(NamedTuple):
    """What the server accepts. `hosts` are the names by which it may be reached, `port` is its port. With
    `any_address`, it may be reached by any IP address: a site that lets its own name point here cannot use one.
    """

    token: str
    hosts: frozenset[str]
    port: int
    any_address: bool = False

    def check(self, method: str, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Refusal | None:
        """Returns why a request is refused, None if it is not. Names of headers are in lower case."""
        host = split_host(headers.get("host", ""))
        if host not in self.hosts and not (self.any_address and is_address(host)):
            return Refusal(
                421, f"This server does not answer for the host {host!r}", "Use the address that Gage printed"
            )
        origin = headers.get("origin")
        if origin is not None and not self._is_own_origin(origin, headers["host"]):
            return Refusal(403, "The request comes from another site")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Refusal(403, "The request comes from another site")
        if method != "GET" and headers.get(CHANGE_HEADER) != "1":
            return Refusal(403, f"The header {CHANGE_HEADER} is missing", f"Send {CHANGE_HEADER}: 1")
        if OPEN_PATHS.fullmatch(path) or self.has_token(headers, cookies):
            return None
        return Refusal(401, "The token is missing or wrong", "Open the address that Gage printed")

    def has_token(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
        """Returns whether the request has the token, in the cookie or in the header `Authorization: Bearer …`."""
        given = headers.get(TOKEN_HEADER, "").removeprefix("Bearer ")
        return any(
            hmac.compare_digest(each.encode(), self.token.encode())
            for each in (given, cookies.get(self.cookie_name, ""))
        )

    @property
    def cookie_name(self) -> str:
        """The name of the cookie, which contains the port: browsers send the cookies of all ports of a host."""
        return f"{COOKIE}-{self.port}"

    def _is_own_origin(self, origin: str, host: str) -> bool:
        return origin in (f"http://{host}", f"https://{host}")


def split_host(text: str) -> str:
    """Returns the name in a header `Host`, without port and brackets; "" if it is not valid."""
    match = _HOST.fullmatch(text)
    return match[1].strip("[]").lower() if match else ""


def is_address(host: str) -> bool:
    """Returns whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def make_guard(host: str, port: int, extra_hosts: Iterable[str] = ()) -> Guard:
    """Returns a guard with a new token for a server that listens at `host`."""
    hosts = {*LOOPBACK_HOSTS, host.lower(), *map(str.lower, extra_hosts)}
    if host in ANY_ADDRESS:
        hosts |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return Guard(secrets.token_urlsafe(24), frozenset(hosts - {""}), port, host in ANY_ADDRESS)
