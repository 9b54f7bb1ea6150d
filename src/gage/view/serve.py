"""Starts the server of the page, and ends it. The only module that knows uvicorn."""

import socket
from collections.abc import Callable

import uvicorn

from gage.types.errors import StoreError
from gage.view.app import build_app
from gage.view.security import ANY_ADDRESS, LOOPBACK_HOSTS, make_guard
from gage.view.stores import ViewedStores

DEFAULT_PORT = 4100
MAX_PORT_TRIES = 50
CLOSE_SECONDS = 1
"""Seconds that open streams have to end."""


def serve(stores: ViewedStores, host: str, port: int | None, report: Callable[[str], None]) -> None:
    """Serves the page until a signal ends it. Without `port`, takes the first free one from `DEFAULT_PORT` on. Calls
    `report` with the address when the server listens. Raises StoreError if it cannot listen.
    """
    listener = listen(host, port)
    address, number = listener.getsockname()[:2]
    guard = make_guard(host, number)
    config = uvicorn.Config(
        build_app(stores, guard),
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
        ws="none",
    )
    server = uvicorn.Server(config)
    report(format_address(address if host in LOOPBACK_HOSTS else host, number, guard.token))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return  # Ctrl-C is how the user ends the server


def listen(host: str, port: int | None) -> socket.socket:
    """Returns a socket that listens at a free port. Raises StoreError."""
    last: OSError | None = None
    for number in [port] if port is not None else range(DEFAULT_PORT, DEFAULT_PORT + MAX_PORT_TRIES):
        try:
            family = socket.getaddrinfo(host or None, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
            listener = socket.socket(family, socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise StoreError(f"Cannot listen at {host!r}: {error}", "Choose another address with --host") from None
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, number))
            listener.listen(128)
        except OSError as error:
            listener.close()
            last = error
            continue
        return listener
    reason = last.strerror or str(last) if last else ""
    raise StoreError(f"Cannot listen at {host}:{port or DEFAULT_PORT}: {reason}", "Choose another port with --port")


def format_address(host: str, port: int, token: str) -> str:
    """Returns the address to open. The token stands after `#`, which browsers do not send to servers.

    Never `localhost`: it may lead to another address of this machine, where another user listens for the token.
    """
    name = socket.gethostname() if host in ANY_ADDRESS else host
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}/#token={token}"
