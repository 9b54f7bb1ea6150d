"""The full screen of `gage compare`: what it shows, keys, mouse, changes of runs, and runs that change meanwhile."""

import asyncio
import io
import json
import os
import signal
import sys
from pathlib import Path

import click
import pexpect
import pytest
from PIL import Image
from runs import command
from stores import make_run
from waiting import is_stopped, wait_until

from gage.cli.compare_screen import open_screen, run_reader
from gage.cli.compare_screen.palette import build_style, detect_color_mode
from gage.cli.compare_screen.pictures import draw_picture
from gage.cli.compare_screen.reading import list_needs
from gage.cli.compare_screen.spans import CURVE_STYLES, Charset, draw_sparkline
from gage.cli.compare_tables import TableOptions
from gage.cli.run_selection import RunSelection
from gage.compare.run_changes import plan_tags
from gage.gagefile.load_board import load_board
from gage.lib.uuid7 import name_from_id
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError

UPDATE = bool(os.environ.get("GAGE_UPDATE_SCREENS"))
GOLDEN = Path(__file__).with_name("compare_screen")
START = 1_700_000_000_000_000
HOSTILE = "\x1b[31m[red]x[/]\u202e"


def summarize(last, first=1.0):
    low, high = min(last, first), max(last, first)
    parts = {"last": last, "first": first, "min": low, "max": high}
    return {name: {"step": 3, "value": value} for name, value in parts.items()} | {
        "count": 4,
        "mean": (last + first) / 2,
    }


def add_run(root, number, status="completed", label="", name="train", **config):
    """Writes the run with that number: higher ones are newer."""
    loss, acc = 1 / (number + 1), 0.5 + number / 100
    curve = "".join(
        json.dumps({"step": step, "val_loss": loss + 1 / (step + 1), "val_acc": acc}) + "\n" for step in range(8)
    )
    metrics = {"val_loss": summarize(loss), "val_acc": summarize(acc, 0.1)}
    return make_run(
        root,
        name,
        status,
        {"lr": 0.1 / (number % 3 + 1), "model": "small", "seed": number, **config},
        id=f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}",
        label=label,
        started=START + number * 60_000_000,
        files={"metrics.jsonl": curve, "weights.bin": b"\0" * 1500},
        output=f"epoch 1\n{HOSTILE}\nlast line of {number}\n",
        members={
            "summaries/metrics.json": json.dumps(metrics),
            "sys/usage.jsonl": "".join(f'{{"time": {t}, "cpu": {t * 10}}}\n' for t in range(5)),
        },
        project="/home/sam/demo",
    )


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Creates a store with 30 runs; the newest but one has a hostile label."""
    root = tmp_path / "runs"
    for number in range(30):
        add_run(root, number, "error" if number == 7 else "completed", HOSTILE if number == 28 else "")
    monkeypatch.setenv("GAGE_RUNS", str(root))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TEXTUAL", raising=False)
    return root


def show(keys, check=None, *, size=(80, 24), selection=None, options=None, is_ascii=False):
    """Opens the screen, presses keys (types those that start with an apostrophe), calls `check` with the pilot, and
    returns the lines of the screen.
    """

    async def use():
        app = build_app(selection or RunSelection(), options, is_ascii)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            for key in keys:
                await (type_text(pilot, key[1:]) if key[:1] == "'" else pilot.press(key))
            await settle(pilot)
            if check is not None:
                result = check(pilot)
                if asyncio.iscoroutine(result):
                    await result
            return app, list(app.lines.lines)

    app, lines = asyncio.run(use())
    show.app = app
    return lines


def build_app(selection, options=None, is_ascii=False):
    with click.Context(click.Command("compare")):
        return open_screen.build_app(selection, options or TableOptions(), is_ascii)


async def type_text(pilot, text):
    for character in text:
        await pilot.press("space" if character == " " else character)


async def settle(pilot):
    """Waits until the screen has read the runs and files that it shows."""
    for _ in range(100):
        await pilot.pause(0.02)
        app = pilot.app
        reading = [w for w in app.workers if w.group != "feed" and not w.is_finished]
        is_idle = not reading and not app.state.is_loading and app._offer_timer is None
        if is_idle and not list_needs(app.state, app._screen):
            return


def check_golden(name, lines):
    path = GOLDEN / f"{name}.txt"
    text = "".join(line.rstrip() + "\n" for line in lines)
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), "GAGE_UPDATE_SCREENS=1 writes the screens again: read the diff"


@pytest.mark.parametrize(
    ("name", "size", "keys", "options"),
    [
        ("table-80x24", (80, 24), ["down"], {}),
        ("panes-120x40", (120, 40), ["down", "tab"], {}),
        ("ascii-80x24", (80, 24), ["right", "right", "]", "b", "down", "space"], {"is_ascii": True}),
        ("details-80x24", (80, 24), ["enter"], {}),
        ("curves-80x24", (80, 24), ["space", "down", "space", "c", "w"], {}),
        ("narrow-40x10", (40, 10), [], {}),
        ("tiny-20x5", (20, 5), ["down"], {}),
        ("wide-200x30", (200, 30), ["b", "j", "tab", "tab"], {}),
        ("keys-80x50", (80, 50), ["?"], {}),
    ],
)
def test_draws_screens_at_all_sizes(root, name, size, keys, options):
    lines = show(keys, size=size, **options)
    assert len(lines) == size[1]
    check_golden(name, lines)
    if options.get("is_ascii"):
        assert "".join(lines).isascii()


def column_of(lines, key):
    return next(line.index(key) for line in lines if " run " in line)


def test_filters_and_goes_back(root):
    lines = show(["/", "'lr = 0.1 and val_loss < 0.1", "enter"])
    assert "6 runs of 30" in lines[0]
    assert "/ lr = 0.1 and val_loss < 0.1" in lines[0]
    lines = show(["/", "'lr = 0.1", "enter", "escape"])
    assert "30 runs" in lines[0]


def test_a_wrong_filter_is_marked_and_stays_open(root):
    lines = show(["/", "'los < 1", "enter"])
    text = "\n".join(lines)
    assert " No run has 'los'\n" in "\n".join(line.rstrip() for line in lines)
    assert "   ^" in text
    lines = show(["/", "'los < 1", "enter", "escape", "down"])
    assert "30 runs" in lines[0]
    assert "No run has" not in "\n".join(lines)


def test_the_filter_completes_names(root):
    show(["/", "'val_l", "tab"], lambda pilot: completes(pilot, "val_loss"))
    show(["/", "'min(val_a", "tab"], lambda pilot: completes(pilot, "min(val_acc)"))


def test_tab_inserts_one_offer_after_another(root):
    lines = show(["/", "'m"], size=(80, 12))
    assert " Tab  marked  mark=  model=  min(  max(  mean(" in lines[-1]
    show(["/", "'val", "tab", "tab"], lambda pilot: completes(pilot, "val_acc"))
    show(["/", "'val", "tab", "tab", "tab"], lambda pilot: completes(pilot, "val_loss"))
    show(["/", "'val", "tab", "tab", "tab", "tab"], lambda pilot: completes(pilot, "val_acc"))
    show(["/", "'val", "tab", "shift+tab"], lambda pilot: completes(pilot, "val_loss"))
    show(["/", "'x", "tab", "'y"], lambda pilot: completes(pilot, "xy"))


def test_the_filter_completes_values_of_the_runs_that_are_shown(root):
    lines = show(["/", "'lr = "], size=(80, 12))
    assert " Tab  0.03333333333333333  0.05  0.1 " in lines[-1]
    show(["/", "'model=s", "tab"], lambda pilot: completes(pilot, "model=small "))
    show(["/", "'op=t", "tab"], lambda pilot: completes(pilot, "op=train "))
    show(["t", "'good", "enter", "/", "'tag=g", "tab"], lambda pilot: completes(pilot, "tag=good "))
    assert "Enter details" in show(["/", "'archive=x"])[-1]


def test_offers_scroll_with_the_inserted_one(root):
    lines = show(["/", "'", *["tab"] * 9], size=(40, 12))
    assert lines[-1].startswith(" … ")
    lines = show(["+", "'val", "tab", "tab"], lambda pilot: completes(pilot, "val_acc"), size=(40, 12))
    assert "val_acc" in lines[-1]


def completes(pilot, text):
    assert pilot.app.query_one("Prompt").value == text


def test_next_match_walks_through_the_last_filter(root):
    def check(pilot):
        assert pilot.app.state.run.status == "error"

    show(["/", "'error", "enter", "escape", "g", "n"], check)
    assert "No filter yet" in show(["n"])[-1]
    assert "Nothing" not in show(["/", "'error", "enter", "escape", "G", "N"], check)[-1]


def test_sorts_and_undoes(root):
    assert "val_loss ↑" in show(["right", "right", "["])[1]
    assert "val_loss ↓" in show(["right", "right", "]"])[1]
    assert "val_loss ↓1" in show(["right", "right", "]", "right", "s"])[1]
    assert "lr ↑2" in show(["right", "right", "]", "right", "s"])[1]
    assert "val_loss ↑" not in show(["right", "right", "[", "u"])[1]
    assert "Nothing to undo" in show(["u"])[-1]


def test_the_cursor_keeps_its_run(root):
    def check(pilot):
        assert pilot.app.state.run.id.endswith("1c")

    show(["down", "/", "'val_loss < 0.2", "enter"], check)
    show(["down", "x", "x"], check)


def test_sorting_goes_to_the_first_run(root):
    def check(pilot):
        assert pilot.app.state.row_number == 0
        assert pilot.app.state.run.id.endswith("-000000000000")

    show(["down", "right", "right", "]"], check)


@pytest.mark.parametrize(
    ("keys", "shown", "hidden"),
    [
        (["="], "model", "nothing"),
        (["right", "right", "-"], "val_acc", "val_loss"),
        (["+", "'model", "enter"], "model", "nothing"),
        (["+", "'min(val_loss)", "enter"], "min(val_loss)", "nothing"),
        (["+", "'val_loss@2", "enter"], "val_loss@2", "nothing"),
        (["right", "right", "z"], "min(val_loss)", "nothing"),
        (["right", "right", "right", "p"], "val_acc", "nothing"),
        (["right", "right", ">"], "val_loss", "nothing"),
        (["right", "right", "_", "_"], "  val_l…", "  val_loss"),
    ],
)
def test_changes_columns(root, keys, shown, hidden):
    lines = show(keys, size=(110, 12))
    assert shown in lines[1]
    assert hidden not in lines[1]


def test_messages_of_columns(root):
    assert "cannot be hidden" in "\n".join(show(["-"]))
    assert "is not a metric" in "\n".join(show(["z"]))
    assert "No run has 'nothing'" in "\n".join(show(["+", "'nothing", "enter"]))


def test_moves_the_cursor(root):
    def at(number):
        def check(pilot):
            assert pilot.app.state.row_number == number

        return check

    show(["G"], at(29))
    show(["G", "g"], at(0))
    show(["pagedown"], at(20))
    show(["pagedown", "pageup"], at(0))
    show(["ctrl+d", "ctrl+u", "j", "k", "j"], at(1))
    show(["up"], at(0))
    show(["right", "l", "left", "h", "h", "h"])
    assert show.app.state.column == "index"


def test_groups_runs(root):
    lines = show(["x"])
    assert "3 groups of 30" in lines[0]
    assert "×" in "".join(lines)
    lines = show(["right"] * 3 + ["X"])
    assert "3 groups" in lines[0]


def test_pages_of_details(root):
    assert any("last line of 29" in line for line in show(["enter", "tab", "tab"]))
    assert any("weights.bin" in line for line in show(["enter", "tab", "tab", "tab"]))
    assert any(" cpu" in line for line in show(["enter", "shift+tab", "shift+tab"]))
    lines = show(["enter", "shift+tab"])
    assert any("python train.py" in line for line in lines)
    assert any("epoch 1" in line for line in show(["enter", "tab", "tab", "pageup", "pagedown", "g"]))
    lines = show(["enter", "tab", "down"])
    assert any("val_acc" in line for line in lines)


def test_a_curve_of_very_large_values_has_bars():
    assert draw_sparkline([1e308, None, -1e308], Charset(is_ascii=False)) == "█ ▁"


def test_curves_are_smoothed_filtered_and_logarithmic(root):
    text = "\n".join(show(["c", "w", "e", "f", "'acc", "enter"]))
    assert "val_acc  smoothed 0.6  log" in text
    assert "val_loss" not in text
    assert "No metric matches nothing" in "\n".join(show(["c", "f", "'nothing", "enter"]))


def test_diff_of_two_runs(root):
    text = "\n".join(show(["space", "space", "d"]))
    assert "gage diff" in text
    assert "seed" in text
    assert "Select two runs" in show(["d"])[-1]
    assert "gage diff" in "\n".join(show(["b", "down", "d", "j", "pagedown", "G", "g"]))


def test_scrolling_starts_at_the_last_line_that_can_be_first(root):
    end, before = (show(keys, size=(80, 16)) for keys in (["?", "G"], ["?", "G", "k"]))
    assert before[2:-1] == end[1:-2]
    first, after = (show(keys, size=(80, 16)) for keys in (["?"], ["?", "G", "pagedown", "g"]))
    assert first == after
    assert show(["enter", "tab", "tab", "g", "G"]) == show(["enter", "tab", "tab"])
    assert show(["c", "G"]) == show(["c"])


def test_selected_runs_that_the_filter_leaves_out_keep_their_order(root):
    def check(pilot):
        assert [run.id for run in pilot.app.state.list_chosen_runs()] == list(map(build_id, (29, 28, 27)))

    show(["space", "space", "space", "/", "'val_loss > 5", "enter"], check)


def build_id(number):
    return f"01a1ee56-{number:04x}-7000-8000-0000{number:08x}"


def read(root, number):
    return RunStore(root).read(build_id(number))


def test_changes_runs_and_undoes(root):
    show(["L", "'good one", "enter", "down", "t", "'a -b", "enter", "m", ";", "'looks fine", "enter"])
    assert read(root, 29).label == "good one"
    assert read(root, 28).tags == ("a",)
    assert read(root, 28).user_attrs.marked
    assert read(root, 28).user_attrs.comments[0].text == "looks fine"
    assert show.app.has_changed_runs
    assert "Undone" in show(["down", "m", "u"])[-1]
    show(["L", "'x", "enter", "u"])
    assert read(root, 29).label == "good one"


def test_deletion_asks_and_can_be_undone(root):
    assert "Delete" in show(["D"])[-1]
    show(["D", "n"])
    assert not read(root, 29).user_attrs.deleted_by
    lines = show(["D", "y"], lambda pilot: wait_for(pilot, lambda app: len(app.state.grid.rows) == 29))
    assert read(root, 29).user_attrs.deleted_by
    assert "29 runs" in lines[0] or "29 runs" in show([])[0]

    async def restore(pilot):
        await pilot.press("u")
        await wait_for(pilot, lambda app: len(app.state.grid.rows) == 29)
        assert "Undone: Deleted" in pilot.app.state.message

    show(["D", "y"], restore)
    assert not read(root, 28).user_attrs.deleted_by


def test_draws_again_for_another_size(root):
    async def check(pilot):
        for size in ((20, 5), (90, 12), (200, 50), (80, 24)):
            await pilot.resize_terminal(*size)
            await wait_for(pilot, lambda app, size=size: len(app.lines.lines) == size[1])
            assert len(pilot.app.lines.lines[0]) == size[0]

    show([], check)


async def wait_for(pilot, fits):
    for _ in range(1500):
        await pilot.pause(0.02)
        if fits(pilot.app):
            return
    raise AssertionError(pilot.app.lines.lines)


def test_a_running_run_is_not_deleted(root):
    add_run(root, 40, "running")
    assert "still running" in "\n".join(show(["D"]))


def test_wrong_input_is_reported(root):
    assert "The comment is empty" in "\n".join(show([";", "enter"]))
    assert "No tag" in "\n".join(show(["t", "enter"]))
    with pytest.raises(UsageError):
        plan_tags("-")


def test_shows_changes_by_others(root):
    store = RunStore(root)

    async def check(pilot):
        app = pilot.app
        add_run(root, 41, "running")
        app.act_reload()
        await wait_for(pilot, lambda app: len(app.state.grid.rows) == 31)
        assert "is new" in app.state.message
        assert app.state.run.id.endswith("1c")  # the cursor stays on its run
        store.annotate([read(root, 29).id], {"deleted": True}, (), "ann")
        app.act_reload()
        await wait_for(pilot, lambda app: len(app.state.grid.rows) == 30)
        assert "was deleted by ann" in app.state.message
        store.purge(read(root, 20).id, "ann")
        app.act_reload()
        await wait_for(pilot, lambda app: len(app.state.grid.rows) == 29)
        assert "was purged" in app.state.message

    lines = show(["space"], check, size=(120, 40))
    assert any("live 1" in line for line in lines)


def test_undoes_what_it_can_if_a_run_was_purged(root):
    store = RunStore(root)

    async def check(pilot):
        store.purge(read(root, 29).id, "ann")
        await pilot.press("u")
        assert f"purged meanwhile: {name_from_id(build_id(29))}" in pilot.app.state.message
        assert not read(root, 28).user_attrs.deleted_by
        store.purge(read(root, 27).id, "ann")
        await pilot.press("u")
        assert "Cannot undo" in pilot.app.state.message

    show(["down", "down", "m", "up", "up", "space", "space", "D", "y"], check)


def test_says_which_run_was_purged_before_a_change(root):
    def check(pilot):
        RunStore(root).purge(read(root, 29).id, "ann")
        return press_all(pilot)

    async def press_all(pilot):
        await pilot.press("m")
        assert f"Purged meanwhile: {name_from_id(build_id(29))}" in pilot.app.state.message

    show([], check)


def test_ctrl_c_closes_the_line_of_input_then_the_screen(root):
    async def check(pilot):
        assert pilot.app.is_running
        assert pilot.app.focused is None
        await pilot.press("ctrl+c")
        assert pilot.app._exit

    show(["/", "'loss", "ctrl+c"], check)


def test_a_diff_that_takes_too_long_is_reported(root, monkeypatch):
    monkeypatch.setattr(run_reader, "DIFF_SECONDS", 0.001)
    assert "not compared within" in "\n".join(show(["b", "down", "d"]))


def test_mouse_selects_rows_and_sorts(root):
    async def check(pilot):
        await pilot.click("LineView", offset=(20, 5))
        assert pilot.app.state.row_number == 3
        await pilot.click("LineView", offset=(column_of(pilot.app.lines.lines, "val_loss") + 2, 1))
        assert [each.key for each in pilot.app.state.grid.view.sort] == ["val_loss"]
        await pilot.click("LineView", offset=(column_of(pilot.app.lines.lines, "val_loss") + 2, 1))
        await pilot.click("LineView", offset=(column_of(pilot.app.lines.lines, "val_loss") + 2, 1))
        assert pilot.app.state.grid.view.sort == ()
        await pilot.click("LineView", offset=(0, 0))

    show([], check)
    assert "Mouse off" in show(["M"])[-1]
    assert "Mouse on" in show(["M", "M"])[-1]


def test_copies_the_name(root):
    assert "Copied: " in show(["y"])[-1]
    assert show.app.clipboard == show.app.state.run.name


def test_selects_runs(root):
    assert "30 selected" in show(["a"])[0]
    assert "selected" not in show(["a", "a"])[0]
    assert "selected" not in show(["space", "escape"])[0]


def test_q_quits(root):
    async def check(pilot):
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_code == 0

    show(["enter", "q"], check)


def test_selection_of_the_command_line(root):
    lines = show([], selection=RunSelection(words=("1:3",), sort=("val_loss",)))
    assert "3 runs" in lines[0]
    lines = show(
        [],
        selection=RunSelection(where=("lr = 0.1",), limit=4),
        options=TableOptions("model,val_acc", baseline="3", group=True),
    )
    assert "groups of 4" in lines[0]
    assert "lr = 0.1" in lines[0]
    assert "model" in lines[1]
    assert "val_loss" not in lines[1]
    with pytest.raises(UsageError):
        build_app(RunSelection(), TableOptions("nothing"))


def test_a_hostile_label_controls_nothing(root):
    lines = show(["down"], size=(200, 30))
    text = "".join(lines)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31m[red]x[/]\\u202e" in "".join(show(["down", "enter", "shift+tab"]))


@pytest.mark.parametrize(
    ("environ", "mode"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "vt220"}, "none"),
        ({}, "none"),
    ],
)
def test_colours_of_terminals(environ, mode):
    assert detect_color_mode(environ) == mode
    style = build_style("better cursor", mode)
    assert style.reverse
    assert (style.color is None) == (mode == "none")


@pytest.mark.parametrize("name", ["better", "worse", "error", "live", "selected", *CURVE_STYLES, "scale2", "scale4"])
def test_colours_can_be_read_on_dark_and_on_light_terminals(name):
    red, green, blue = (part / 255 for part in build_style(name, "256").color.get_truecolor())
    luminance = sum(w * ((c + 0.055) / 1.055) ** 2.4 for w, c in ((0.2126, red), (0.7152, green), (0.0722, blue)))
    assert min((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)) >= 3.3


@pytest.mark.parametrize(
    ("environ", "result"),
    [
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "de_DE.iso8859-1", "LC_CTYPE": "en_US.utf8"}, True),
        ({}, False),
    ],
)
def test_utf8_of_terminals(environ, result):
    assert open_screen.has_utf8(environ) == result


def test_names_the_command_that_installs_textual(root, monkeypatch):
    monkeypatch.delitem(sys.modules, "gage.cli.compare_screen.app", raising=False)
    monkeypatch.setitem(sys.modules, "textual", None)
    with pytest.raises(UsageError) as caught:
        build_app(RunSelection())
    assert "pip install 'gage-ml[compare]'" in caught.value.hint


@pytest.mark.measured
def test_on_a_terminal(root):
    child = pexpect.spawn(
        command()[0],
        [*command()[1:], "compare", "--no-mouse"],
        dimensions=(24, 80),
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=30,
    )
    child.expect("val_loss")
    child.send("]")
    child.expect("run")
    child.setwinsize(5, 20)
    child.expect("run")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_a_usable_terminal(root, number):
    child = pexpect.spawn(command()[0], [*command()[1:], "compare"], env={**os.environ, "TERM": "xterm"}, timeout=30)
    child.expect("val_loss")
    child.kill(number)
    child.expect_exact("\x1b[?1049l")  # the ordinary screen
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus == number


def test_ctrl_z_suspends_and_continues(root):
    child = pexpect.spawn(command()[0], [*command()[1:], "compare"], env={**os.environ, "TERM": "xterm"}, timeout=30)
    child.expect("val_loss")
    child.send("\x1a")
    child.expect_exact("\x1b[?1049l")
    wait_until(lambda: is_stopped(child.pid))
    child.kill(signal.SIGCONT)
    child.expect_exact("\x1b[?1049h")
    child.expect("val_loss")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_saves_the_view_as_a_board(root, tmp_path):
    keys = ["right", "]", "z", "/", "'lr < 0.09", "enter", "S", "'best ones", "enter"]
    assert (
        "Saved boards/best ones.toml: gage board 'best ones'"
        in show(keys, selection=RunSelection(where=("completed",)))[-1]
    )
    board = load_board(str(tmp_path / "boards" / "best ones.toml")).definition
    assert board.where == ("completed", "lr < 0.09")
    assert board.sort == ("-min(val_loss)",)
    assert [column.name for column in board.columns][:4] == ["name", "min(val_loss)", "lr", "val_acc"]
    show(["x", "S", "'seeds", "enter"])
    board = load_board(str(tmp_path / "boards" / "seeds.toml")).definition
    assert board.group.by == ("op", "lr", "model")
    assert {column.name: column.aggregate for column in board.columns}["val_acc"] == "mean"
    show(["+", "'model", "enter", "X", "S", "'models", "enter"])
    assert load_board(str(tmp_path / "boards" / "models.toml")).definition.group.by == ("model",)
    assert "is not a name for a board" in "\n".join(show(["S", "'a/b", "enter"]))


def build_image(mode="RGB", size=(30, 21)):
    out = io.BytesIO()
    Image.new(mode, size, (200, 10, 10) if mode == "RGB" else 128).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_half_blocks():
    lines = draw_picture(build_image())
    assert len(lines) == 11
    assert lines[0][0] == ("▀", "fg#c80a0a bg#c80a0a")
    assert draw_picture(build_image("L"))[0][0] == ("▀", "fg#808080 bg#808080")
    assert draw_picture(b"no image") == ()
    assert draw_picture(build_image()[:60]) == ()
    assert build_style("fg#c80a0a bg#000000", "256").color is not None
    assert build_style("fg#c80a0a", "16").color is None


def test_images_of_a_run_are_shown(root, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    make_run(root, config={"lr": 3}, files={"sample_step_7.png": build_image(), "broken.png": b"x"})
    text = "\n".join(show(["enter", "tab", "tab", "tab"], size=(80, 40)))
    assert "sample at step 7" in text
    assert "▀▀▀" in text
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert "▀" not in "\n".join(show(["enter", "tab", "tab", "tab"], size=(80, 40)))


def test_output_of_a_running_run_goes_on(root):
    id = add_run(root, 41, "running")

    async def check(pilot):
        output = RunStore(root).get_paths(id).meta_dir / "output" / "run"
        output.write_text(output.read_text() + "one more line\n")
        index = output.with_name("run.index")
        index.write_bytes(index.read_bytes() + index.read_bytes()[:9])
        await wait_for(pilot, lambda app: any("one more line" in line for line in app.lines.lines))

    show(["enter", "tab", "tab"], check)


def test_the_wheel_scrolls_rows_and_pages(root):
    async def check(pilot):
        app = pilot.app
        app.on_mouse_scroll_down(None)
        assert app.state.row_number == 3
        app.on_mouse_scroll_up(None)
        assert app.state.row_number == 0
        await pilot.press("?", "f1")
        app.on_mouse_scroll_down(None)
        assert app.state.offset == 3
        await pilot.click("LineView", offset=(5, 5))  # there are no rows
        await pilot.press("escape", "/")
        await pilot.click("LineView", offset=(5, 5))  # a filter is typed
        assert app.state.row_number == 0

    show([], check)


def test_a_narrow_terminal_does_not_scroll_the_columns_of_a_wide_one(root):
    async def check(pilot):
        before = list(pilot.app.lines.lines)
        await pilot.resize_terminal(20, 5)
        await wait_for(pilot, lambda app: len(app.lines.lines) == 5)
        assert "→" not in pilot.app.lines.lines[0]  # it would hide the heading
        await pilot.resize_terminal(80, 24)
        await wait_for(pilot, lambda app: len(app.lines.lines) == 24)
        assert pilot.app.lines.lines == before

    show([], check)


def test_a_click_on_a_heading_sorts_the_other_way_next(root):
    async def check(pilot):
        for expected in (False, True):
            await pilot.click("LineView", offset=(column_of(pilot.app.lines.lines, "val_loss") + 2, 1))
            assert pilot.app.state.grid.view.find_direction("val_loss") is expected
        await pilot.click("LineView", offset=(79, 1))
        await pilot.click("LineView", offset=(20, 22))
        assert pilot.app.state.row_number == 20

    show([], check)


def test_messages_are_closed_first(root):
    lines = show(["z", "escape"])
    assert "Enter details" in lines[-1]
    assert "Press q to quit" in show(["escape"])[-1]
    assert show.app.return_code is None


def test_the_run_page_shows_comments_and_what_is_wrong(root):
    store = RunStore(root)
    id = read(root, 29).id
    store.annotate([id], {"comment:1": {"msg": "one\ntwo", "timestamp": 5000}, "note": 3, "mark": True}, (), "ann")
    make_run(root, config={"lr": 2}, run_dir=False)
    text = "\n".join(show(["down", "enter", "shift+tab"], size=(80, 40)))
    assert "ann, 1970" in text
    assert "   two" in text
    assert "Marked" in text
    assert "The run directory is missing" in "\n".join(show(["enter", "shift+tab"], size=(80, 40)))


def test_metrics_of_evaluations_are_shown_below_those_of_the_run(root):
    request = json.dumps({"argv": [], "parent": build_id(29), "relation": "evaluation"})
    metrics = json.dumps({"test_acc": summarize(0.75)})
    make_run(root, "test", members={"run-cmd.json": request, "summaries/metrics.json": metrics})
    lines = [line.split() for line in show(["down", "enter", "tab"], size=(80, 40))]
    at = next(number for number, words in enumerate(lines) if words[:1] == ["evaluation"])
    assert lines[at][-1] == "test"
    assert lines[at + 1] == ["test_acc", "0.75"]


def test_pages_of_a_run_without_anything(root):
    make_run(root, output="", files={})
    text = "\n".join(
        line for keys in (["c"], ["enter", "tab"], ["enter", "tab", "tab"]) for line in show(keys, size=(80, 12))
    )
    assert "The runs have no metrics" in text
    assert "No config and no metrics" in text
    assert "No output" in text
    assert "No system metrics were recorded" in "\n".join(show(["enter", "shift+tab", "shift+tab"]))


def test_a_filter_that_no_run_meets(root):
    assert "No run matches the filter" in "\n".join(show(["/", "'val_loss > 5", "enter", "space", "enter", "b", "d"]))
    assert "No run matches the last filter" in show(["/", "'val_loss > 5", "enter", "escape", "n"])[-1]


def test_config_is_shown_beside_the_baseline(root):
    lines = show(["b", "down", "enter", "tab"], size=(160, 30))
    text = "\n".join(lines)
    assert "beside baseline" in text
    assert "*seed" in text
    assert "28 ← 29" in text
    assert "val_loss" in text
    assert "[config]" in text


def test_sticky_baseline_is_drawn_above_the_rows(root):
    lines = show(["b", "G"])
    assert lines[2].startswith(" ◆  1")


def test_a_board_that_cannot_be_written(root, tmp_path):
    (tmp_path / "boards").write_text("a file")
    assert "Cannot save the board" in "\n".join(show(["S", "'x", "enter"]))


def test_refuses_a_batch_alone_and_a_baseline_of_others(root):
    add_run(root, 50)
    with pytest.raises(UsageError, match="not among the runs"):
        build_app(RunSelection(words=("2",)), TableOptions(baseline="1"))
    with pytest.raises(NotFound):
        build_app(RunSelection(where=("lr = 77",)))


def test_finds_a_column_that_only_an_older_run_has(root, monkeypatch):
    monkeypatch.setattr(open_screen, "FIRST_RUNS", 5)
    id = make_run(root, config={"rare": 1}, id="01a1ee55-0000-7000-8000-000000000000", started=START - 10**9)
    lines = show([], options=TableOptions("rare"))
    assert "rare" in lines[1]
    assert "31 runs" in lines[0]
    assert id in {run.id for run in show.app.state.grid.data.runs}


def test_reports_a_store_that_cannot_be_read(root, monkeypatch):
    def fail(*_, **__):
        raise StoreError("Cannot read the runs")

    async def check(pilot):
        monkeypatch.setattr("gage.index.index.Index.find_changes", fail)
        pilot.app.act_reload()
        await wait_for(pilot, lambda app: app.state.is_error)
        assert "Cannot read the runs" in pilot.app.state.message

    show([], check)


def test_says_when_a_run_ends(root):
    store = RunStore(root)
    id = add_run(root, 41, "running")

    async def check(pilot):
        meta = store.get_paths(id).meta_dir
        (meta / "proc" / "exit").write_text("0")
        (meta / "stopped").write_text(str(START + 10**9))
        (meta / "proc" / "lock").unlink()
        pilot.app.act_reload()
        await wait_for(pilot, lambda app: ": completed" in app.state.message)
        store.annotate([read(root, 29).id], {"archive": "old"}, (), "ann")
        pilot.app.act_reload()
        await wait_for(pilot, lambda app: "was archived" in app.state.message)

    show([], check)
