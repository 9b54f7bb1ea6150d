"""`gage view`: addresses, ports, stores, and how it ends."""

import json
import signal
import socket
import time
import urllib.error
import urllib.request

import pytest
from stores import make_run
from view_server import serve

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "runs"
    root.mkdir()
    return root


def ask(server, path):
    request = urllib.request.Request(f"{server.base}{path}", headers={"Authorization": f"Bearer {server.token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_prints_an_address_that_answers_and_ends_with_ctrl_c(root, home) -> None:
    make_run(root)
    with serve(root, home=home) as server:
        assert server.base.startswith("http://127.0.0.1:")
        assert ask(server, "/api/runs")["total"] == 1
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{server.base}/api/runs")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0


def test_ctrl_c_ends_open_streams(root, home) -> None:
    with serve(root, home=home) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        stream = urllib.request.urlopen(
            urllib.request.Request(f"{server.base}/api/events", headers=headers), timeout=20
        )
        assert stream.readline()
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
        stream.close()


def test_shows_several_stores(root, tmp_path, home) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_run(other)
    with serve([root, other], home=home) as server:
        assert [store["name"] for store in ask(server, "/api/session")["stores"]] == ["runs", "other"]
        assert [ask(server, f"/api/runs?store={n}")["total"] for n in (0, 1)] == [0, 1]


def test_named_runs_and_filters_limit_the_page(root, home) -> None:
    ids = [make_run(root, config={"lr": lr}, started=10**15 + lr) for lr in (1, 2, 3)]
    with serve(root, "1", ids[0], home=home) as server:
        assert [row["id"] for row in ask(server, "/api/runs")["rows"]] == [ids[2], ids[0]]
    with serve(root, "--where", "lr > 1", home=home) as server:
        assert ask(server, "/api/runs")["total"] == 2 and ask(server, "/api/session")["where"] == ["lr > 1"]


def test_a_port_in_use_has_one_message(root, gage, project) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        result = gage("--runs", str(root), "view", "--port", str(busy.getsockname()[1]), "--no-open", code=1)
    assert "Cannot listen" in result.err and "--port" in result.err


def test_wrong_words_end_at_once(root, gage) -> None:
    assert "Expected a value" in gage("--runs", str(root), "view", "--where", "lr <", code=2).err
    assert "no run" in gage("--runs", str(root), "view", "nothing", code=1).err.lower()
    assert "Cannot listen" in gage("--runs", str(root), "view", "--host", "256.1.1.1", "--port", "0", code=1).err
    assert "does not exist" in gage("--runs", str(root / "no"), "--runs", str(root), "view", code=1).err


def test_only_view_takes_several_stores(root, gage) -> None:
    assert "given 2 times" in gage("--runs", str(root), "--runs", str(root), "list", code=2).err


def test_reports_a_live_run(root, home) -> None:
    with serve(root, home=home) as server, open_events(server) as stream:
        first = read_change(stream)
        id = make_run(root, status="running")
        change = read_change(stream)
    assert first["live"] == [] and change["live"] == [id] and change["version"] > first["version"]


def open_events(server):
    """Opens the stream of changes."""
    headers = {"Authorization": f"Bearer {server.token}"}
    return urllib.request.urlopen(urllib.request.Request(f"{server.base}/api/events", headers=headers), timeout=30)


def read_change(stream):
    """Returns the next change in a stream of events."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        line = stream.readline().decode()
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))
    raise AssertionError("no change was reported")
