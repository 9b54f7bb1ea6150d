"""The application: the routes of the table, the files of the page and the stream of changes, behind the guard."""

import json
import mimetypes
import os
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import NoReturn, get_type_hints

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route as StarletteRoute

from gage.types.errors import ConfigError, GageError, NotFound, UsageError
from gage.view import events
from gage.view.file_sending import send_file
from gage.view.openapi import build_document
from gage.view.raw_answer import RawAnswer, RawFile
from gage.view.records import encode_record, parse_body, parse_query
from gage.view.routes import ROUTES, Route
from gage.view.security import HEADERS, Guard, Refusal
from gage.view.stores import ViewedStores

MAX_BODY_BYTES = 1 << 20
PAGE_DIR = Path(__file__).parent / "page"
LOGIN_PATH = "/api/login"
FOREVER = "public, max-age=31536000, immutable"

Scope = MutableMapping[str, object]
Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def build_app(stores: ViewedStores, guard: Guard, page_dir: Path = PAGE_DIR) -> Application:
    """Returns the ASGI application that shows the stores."""
    feed = events.ChangeFeed(stores)

    async def send_events(request: Request) -> Response:
        return StreamingResponse(feed.follow(request.is_disconnected), media_type="text/event-stream")

    async def send_document(request: Request) -> Response:
        return JSONResponse(build_document())

    routes = [
        *(StarletteRoute(route.path, _make_endpoint(route, stores), methods=[route.method]) for route in ROUTES),
        StarletteRoute("/api/events", send_events),
        StarletteRoute("/api/openapi.json", send_document),
        StarletteRoute(LOGIN_PATH, _make_login(guard), methods=["POST"]),
        StarletteRoute("/{path:path}", _make_page(page_dir)),
    ]
    return _protect(Starlette(routes=routes), guard)


def _make_endpoint(route: Route, stores: ViewedStores) -> Callable[[Request], Awaitable[Response]]:
    query_type = get_type_hints(route.answer)["query"]

    async def answer(request: Request) -> Response:
        try:
            if route.writes and not stores.can_write:
                return _refuse(Refusal(403, "This server only reads", "Start it without --no-write"))
            query = await _read_query(request, query_type)
            result = await run_in_threadpool(route.answer, stores, query)
            if isinstance(result, RawAnswer):
                return Response(result.data, media_type=result.media_type, headers=result.headers)
            if isinstance(result, RawFile):
                return send_file(result, request.headers.get("range", ""), request.headers.get("if-range", ""))
            return await run_in_threadpool(lambda: Response(encode_record(result), media_type="application/json"))
        except GageError as error:
            return _refuse(Refusal(_choose_status(error), error.message, error.hint))
        except RecursionError:
            return _refuse(Refusal(400, "A value of a run is nested too deeply", "Leave its column out"))
        except ClientDisconnect:
            return Response(status_code=400)

    return answer


async def _read_query(request: Request, kind: type) -> object:
    """Returns the record of the query string, or of the body of a POST. Raises UsageError."""
    if request.method == "GET":
        params = request.query_params
        values = {name: params.getlist(name) for name in params}
        return parse_query(kind, values | {name: [text] for name, text in request.path_params.items()})
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise UsageError("The body must be JSON", "Send Content-Type: application/json")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY_BYTES:
            raise UsageError(f"The body is larger than {MAX_BODY_BYTES:,} bytes", "Send less")
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()  # fails for half a surrogate pair, which no file can have
    except (ValueError, RecursionError):
        raise UsageError("The body is not valid JSON", "") from None
    return parse_body(kind, value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN, which JSON does not have


def _choose_status(error: GageError) -> int:
    return 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError | ConfigError) else 500


def _refuse(refusal: Refusal) -> Response:
    return JSONResponse({"message": refusal.message, "hint": refusal.hint}, refusal.status)


def _make_login(guard: Guard) -> Callable[[Request], Awaitable[Response]]:
    async def log_in(request: Request) -> Response:
        if not guard.has_token(request.headers, request.cookies):
            return _refuse(Refusal(401, "The token is missing or wrong", "Open the address that Gage printed"))
        response = Response(status_code=204)
        response.set_cookie(guard.cookie_name, guard.token, httponly=True, samesite="strict", path="/")
        return response

    return log_in


def _make_page(page_dir: Path) -> Callable[[Request], Awaitable[Response]]:
    async def send_page(request: Request) -> Response:
        path = request.path_params["path"] or "index.html"
        if path.startswith("api/"):
            return _refuse(Refusal(404, f"There is no route /{path}", "See /api/openapi.json"))
        name = path if path == "index.html" or "/" not in path else path.removeprefix("assets/")
        folder = page_dir / "assets" if path.startswith("assets/") else page_dir
        data = await run_in_threadpool(_read_page_file, folder, name)
        if data is None:
            return _refuse(Refusal(404, f"There is no page /{path}", "Open /"))
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(data, media_type=kind, headers={"cache-control": FOREVER} if "assets/" in path else {})

    return send_page


def _read_page_file(folder: Path, name: str) -> bytes | None:
    """Returns a file that lies directly in a folder of the built page, None if there is none."""
    try:
        with os.scandir(folder) as entries:
            is_known = any(entry.name == name and entry.is_file(follow_symlinks=False) for entry in entries)
        return (folder / name).read_bytes() if is_known else None
    except OSError:
        return None


def _protect(app: Application, guard: Guard) -> Application:
    """Returns the application behind the guard, with the headers of `security.HEADERS` in each answer."""

    async def protected(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request = Request(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = guard.check(request.method, request.url.path, request.headers, _read_cookies(request))
        await (_refuse(refusal) if refusal else app)(scope, receive, send_with_headers)

    return protected


def _read_cookies(request: Request) -> dict[str, str]:
    try:
        jar = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}
