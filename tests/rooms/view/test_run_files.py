"""Files of runs are sent in parts, and do no harm: no path leads out of the run, and no file runs in the page."""

import os
import shutil
import time

import pytest
from stores import make_run

from gage.store.store import RunStore
from gage.view.file_headers import FILE_POLICY

SECRET = "not part of the run"


@pytest.fixture
def store(root, tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    return RunStore(root)


@pytest.fixture
def run(store):
    files = {"a.txt": "0123456789", "sub/b.txt": "b", "page.html": "<script>alert(1)</script>", "x.svg": "<svg/>"}
    return make_run(store, files=files)


def get(client, run, path, **params):
    return client.get(f"/api/runs/{run}/file", params={"path": path, **params})


TRAVERSALS = [
    "..",
    "../secret.txt",
    "../../secret.txt",
    "sub/../../secret.txt",
    "sub/../a.txt",
    "./../../secret.txt",
    "/etc/passwd",
    "//etc/passwd",
    "//proc/self/root/etc/passwd",
    "/proc/self/environ",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "%252e%252e%252fsecret.txt",
    "..%2fsecret.txt",
    "..%5csecret.txt",
    "..\\secret.txt",
    "..\\..\\secret.txt",
    "\\\\host\\share",
    "C:\\Windows\\win.ini",
    "C:secret.txt",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "a.txt\x00.png",
    "\x00",
    "a.txt;../../secret.txt",
    "a.txt#../../secret.txt",
    "a.txt?../../secret.txt",
    "．．/secret.txt",
    "․․/secret.txt",
    "..%c0%afsecret.txt",
    "CON",
    "NUL",
    "a.txt::$DATA",
    "",
    ".",
    "a.txt/..",
    "a" * 5000,
    "a/" * 3000,
    "~/.ssh/id_rsa",
    "$HOME",
]


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize("route", ["file", "markdown", "medium", "thumbnail", "histogram", "source/file"])
def test_refuses_paths_out_of_the_run(client, run, route, path):
    answer = client.get(f"/api/runs/{run}/{route}", params={"path": path})
    assert answer.status_code in (400, 404)
    assert SECRET not in answer.text and "root:" not in answer.text


@pytest.mark.parametrize("path", [each for each in TRAVERSALS if each.strip("/.")])
def test_lists_no_directory_out_of_the_run(client, run, path):
    answer = client.get(f"/api/runs/{run}/files", params={"directory": path})
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    "query", ["path=..%2fsecret.txt", "path=%2e%2e%2fsecret.txt", "path=%252e%252e%252fsecret.txt"]
)
@pytest.mark.parametrize(
    "id", ["..%2f..", "%2e%2e", "..%252f..", "..\\..", "a;b", "{run}.meta", "{run}%00", "{run}%2f.."]
)
def test_refuses_ids_and_encoded_paths(client, run, id, query):
    for url in (f"/api/runs/{id.format(run=run)}/file?{query}", f"/api/runs/{run}/file?{query}"):
        answer = client.get(url)
        assert answer.status_code in (400, 401, 404)
        assert SECRET not in answer.text


def test_refuses_links_out_of_the_run_and_follows_those_inside(client, store, run, tmp_path):
    folder = store.get_paths(run).run_dir
    os.symlink(tmp_path / "secret.txt", folder / "link.txt")
    os.symlink(tmp_path, folder / "out")
    os.symlink("loop", folder / "loop")
    os.symlink("a.txt", folder / "inside.txt")
    for path in ("link.txt", "out/secret.txt", "out", "loop", "loop/x"):
        answer = get(client, run, path)
        assert answer.status_code >= 400 and SECRET not in answer.text
    assert get(client, run, "inside.txt").text == "0123456789"
    assert client.get(f"/api/runs/{run}/files", params={"directory": "out"}).status_code >= 400
    types = {e["path"]: e["type"] for e in client.get(f"/api/runs/{run}/files").json()["entries"]}
    assert types["link.txt"] == types["out"] == types["loop"] == "link"
    found = client.get(f"/api/runs/{run}/files", params={"search": "secret"}).json()["entries"]
    assert found == []


def test_reads_only_regular_files_and_does_not_wait(client, store, run):
    folder = store.get_paths(run).run_dir
    os.mkfifo(folder / "pipe")
    os.symlink("/dev/zero", folder / "zero")
    started = time.monotonic()
    for path in ("pipe", "zero", "sub"):
        assert get(client, run, path).status_code in (400, 500)
    assert time.monotonic() - started < 5
    types = {e["path"]: e["type"] for e in client.get(f"/api/runs/{run}/files").json()["entries"]}
    assert types["pipe"] == "other"


@pytest.mark.parametrize("name", ["evil\r\nset-cookie: a=b.html", 'a"b.txt', "é\u202e.txt", "a\nb.svg", "<script>.md"])
@pytest.mark.parametrize("show", ["media", "text", "html", "download"])
def test_sends_hostile_names_in_one_header(client, store, name, show):
    run = make_run(store, files={name: "x"})
    answer = get(client, run, name, show=show)
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    assert "\n" not in answer.headers["content-disposition"] and '"b' not in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "show", "media_type", "disposition"),
    [
        ("page.html", "download", "application/octet-stream", "attachment"),
        ("page.html", "media", "application/octet-stream", "attachment"),
        ("page.html", "text", "text/plain; charset=utf-8", "inline"),
        ("page.html", "html", "text/html; charset=utf-8", "inline"),
        ("x.svg", "media", "image/svg+xml", "inline"),
        ("x.svg", "download", "application/octet-stream", "attachment"),
        ("a.txt", "media", "application/octet-stream", "attachment"),
    ],
)
def test_files_never_have_the_rights_of_the_page(client, run, path, show, media_type, disposition):
    answer = get(client, run, path, show=show)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith(disposition)
    assert answer.headers["content-security-policy"] == FILE_POLICY
    assert FILE_POLICY.startswith("sandbox; default-src 'none'") and "allow-" not in FILE_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("wanted", "status", "text", "shown"),
    [
        ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
        ("bytes=4-", 206, "456789", "bytes 4-9/10"),
        ("bytes=-3", 206, "789", "bytes 7-9/10"),
        ("bytes=8-100", 206, "89", "bytes 8-9/10"),
        ("bytes=-100", 206, "0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, "", "bytes */10"),
        ("bytes=5-2", 416, "", "bytes */10"),
        ("bytes=-0", 416, "", "bytes */10"),
        ("bytes=-", 200, "0123456789", None),
        ("bytes=0-1,3-4", 200, "0123456789", None),
        ("bytes=a-b", 200, "0123456789", None),
        ("bytes=99999999999999999999-", 200, "0123456789", None),
        ("items=0-1", 200, "0123456789", None),
    ],
)
def test_sends_parts(client, run, wanted, status, text, shown):
    answer = client.get(f"/api/runs/{run}/file", params={"path": "a.txt"}, headers={"range": wanted})
    assert (answer.status_code, answer.text, answer.headers.get("content-range")) == (status, text, shown)


def test_sends_the_whole_file_if_it_has_changed(client, run):
    tag = get(client, run, "a.txt").headers["etag"]
    for given, status in ((tag, 206), ('"other"', 200)):
        headers = {"range": "bytes=0-3", "if-range": given}
        assert client.get(f"/api/runs/{run}/file?path=a.txt", headers=headers).status_code == status


def test_sends_a_part_of_a_huge_sparse_file(client, store, run):
    os.truncate(store.get_paths(run).run_dir / "a.txt", 1 << 36)
    answer = client.get(f"/api/runs/{run}/file?path=a.txt", headers={"range": "bytes=-4"})
    assert answer.status_code == 206 and answer.content == bytes(4)


def test_pages_a_directory_with_subdirectories_first_in_natural_order(client, store):
    run = make_run(store, files={**{f"f{n}.txt": "x" for n in range(25)}, "zz/a": ""})
    page = client.get(f"/api/runs/{run}/files", params={"limit": 4}).json()
    assert (page["total"], [e["path"] for e in page["entries"]]) == (27, ["zz", "f0.txt", "f1.txt", "f2.txt"])
    page = client.get(f"/api/runs/{run}/files", params={"first": 24, "limit": 2}).json()
    assert [(e["path"], e["kind"], e["size"]) for e in page["entries"]] == [("f23.txt", "g", 1), ("f24.txt", "g", 1)]


def test_renders_markdown_without_html_scripts_and_images(client, store):
    text = "# T\n<script>alert(1)</script>\n[x](javascript:alert(1)) ![i](http://evil/x.png) <img src=x onerror=a>"
    run = make_run(store, files={"README.md": text})
    answer = client.get(f"/api/runs/{run}/markdown", params={"path": "README.md"})
    assert "<h1>T</h1>" in answer.text
    assert not any(bad in answer.text for bad in ("<script", "<img", 'href="javascript'))
    assert answer.headers["content-security-policy"] == FILE_POLICY


def test_a_run_without_directory_is_not_found(client, store, run):
    shutil.rmtree(store.get_paths(run).run_dir, ignore_errors=True)
    for route in ("files", "file?path=a.txt", "markdown?path=a.md"):
        assert client.get(f"/api/runs/{run}/{route}").status_code == 404
