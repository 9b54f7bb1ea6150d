"""Who may ask the server: each route, each attack of docs that a server meets."""

import pytest
from starlette.testclient import TestClient

from gage.view.routes import ROUTES
from gage.view.security import make_guard, split_host
from gage.view.serve import format_address

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
routes = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def ask(client: TestClient, route, **headers):
    path = route.path.replace("{id}", ID)
    if route.method == "GET":
        return client.get(path, headers=headers)
    return client.post(path, json={}, headers={"X-Gage": "1"} | headers)


@routes
def test_a_route_needs_the_token(make_client, route) -> None:
    client = make_client(has_token=False)
    assert ask(client, route).status_code == 401
    assert ask(client, route, authorization="Bearer wrong").status_code == 401
    assert ask(client, route, cookie="gage-4100=wrong").status_code == 401


@routes
@pytest.mark.parametrize("host", ["evil.example", "evil.example:4100", "127.0.0.1.evil.example", "", "a b", "[::1"])
def test_a_route_refuses_other_hosts(client, route, host) -> None:
    assert ask(client, route, host=host).status_code == 421


@routes
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost"])
def test_a_route_refuses_other_origins(client, route, origin) -> None:
    assert ask(client, route, origin=origin).status_code == 403


@routes
def test_a_route_refuses_requests_that_another_site_sends(client, route) -> None:
    assert ask(client, route, **{"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method != "GET"], ids=lambda route: route.path)
def test_a_post_needs_the_header_and_json(client, route) -> None:
    path = route.path.replace("{id}", ID)
    assert client.post(path, json={}).status_code == 403
    form = client.post(path, data={"runs": "a"}, headers={"X-Gage": "1"})
    assert form.status_code == 400 and "must be JSON" in form.json()["message"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.writes], ids=lambda route: route.path)
def test_no_write_refuses_changes(make_client, route) -> None:
    assert ask(make_client(can_write=False), route).status_code == 403


def test_only_listed_methods_and_paths_answer(client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert client.request(method, "/api/runs", headers={"X-Gage": "1"}).status_code == 405
    assert client.get("/api/").status_code == client.get("/api/exec").status_code == 404


def test_the_cookie_is_not_readable_by_scripts_or_other_sites(make_client) -> None:
    client = make_client()
    answer = client.post("/api/login", headers={"X-Gage": "1"})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and cookie.startswith("gage-4100=")
    del client.headers["Authorization"]
    assert client.get("/api/session").status_code == 200


def test_each_answer_restricts_the_page(client) -> None:
    for path in ("/api/session", "/", "/nothing", "/api/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


PATHS = (
    *("..", "../secret", "%2e%2e/secret", "%2e%2e%2fsecret", "%252e%252e%252fsecret", "..%5csecret", "..\\secret"),
    *("//secret", "/etc/passwd", "%00", "index.html%00", "assets/../../secret", "assets/%2e%2e/secret", "C:secret"),
    *("secret", "assets/link", "assets/", "assets", ".", "assets;..", "index.html#../secret", "a" * 5000),
)


@pytest.mark.parametrize("path", PATHS)
def test_the_page_sends_only_its_own_files(make_client, tmp_path, path) -> None:
    assets = tmp_path / "page" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text("the page")
    (tmp_path / "secret").write_text("a secret")
    (assets / "link").symlink_to(tmp_path / "secret")
    answer = make_client().get(f"/{path}")
    assert "a secret" not in answer.text
    assert answer.status_code in (200, 400, 404)


def test_the_body_has_a_limit(client) -> None:
    answer = client.post(
        "/api/curves", content=b" " * 2_000_000, headers={"X-Gage": "1", "Content-Type": "application/json"}
    )
    assert answer.status_code == 400 and "larger than" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"null", b'{"runs": 1}', b'{"x": 1}', b"[" * 100_000, b"\xff"])
def test_a_wrong_body_has_one_message(client, body) -> None:
    answer = client.post("/api/curves", content=body, headers={"X-Gage": "1", "Content-Type": "application/json"})
    assert answer.status_code == 400 and set(answer.json()) == {"message", "hint"}


def test_hosts_are_compared_without_port_and_case() -> None:
    assert split_host("LocalHost:80") == "localhost" and split_host("[::1]:4100") == "::1"
    assert split_host("a/b") == split_host("a@b") == split_host("a:b:c") == ""


def test_tokens_differ() -> None:
    assert len({make_guard("127.0.0.1", 1).token for _ in range(10)}) == 10


@pytest.mark.parametrize("host", ["192.168.1.5", "[fd00::5]:4100", "10.0.0.1:4100"])
def test_a_server_at_all_addresses_answers_for_each_of_them(host):
    for all_addresses in ("0.0.0.0", "::"):
        guard = make_guard(all_addresses, 4100)
        assert guard.check("GET", "/api/runs", {"host": host}, {}).status == 401  # the token is still needed
        assert guard.check("GET", "/api/runs", {"host": host, "authorization": f"Bearer {guard.token}"}, {}) is None
        assert guard.check("GET", "/", {"host": "evil.example"}, {}).status == 421
    assert make_guard("127.0.0.1", 4100).check("GET", "/", {"host": host}, {}).status == 421


def test_the_printed_address_leads_to_no_other_server():
    assert format_address("127.0.0.1", 4100, "t") == "http://127.0.0.1:4100/#token=t"
    assert format_address("::1", 4100, "t") == "http://[::1]:4100/#token=t"
    assert "0.0.0.0" not in format_address("0.0.0.0", 4100, "t")
