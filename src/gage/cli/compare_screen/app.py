"""The full-screen program of `gage compare`: keys, mouse, prompts and threads around the state of the screen.

Knows Textual. Other modules choose rows and columns, and draw the lines.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from gage.cli.compare_screen import prompt_actions, run_actions, run_reader
from gage.cli.compare_screen.columns_layout import LayoutCache
from gage.cli.compare_screen.commands import ViewCommands, move_by
from gage.cli.compare_screen.key_map import ACTIONS
from gage.cli.compare_screen.line_view import LineView
from gage.cli.compare_screen.palette import ColorMode
from gage.cli.compare_screen.prompt import Prompt, Question
from gage.cli.compare_screen.reading import ReadingNeeds, list_needs
from gage.cli.compare_screen.run_feed import MAX_NEWS, FeedUpdate, RunFeed
from gage.cli.compare_screen.screen_lines import Screen, draw_screen
from gage.cli.compare_screen.screen_state import RunFiles, ScreenState, Series
from gage.cli.compare_screen.spans import Line
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.run import Run

DETAILS_SECONDS = 1.0
"""Seconds after which the output and the curves of a running run are read again."""
READ_DELAY = 0.06
"""Seconds without a key after which curves and files are read."""
OFFER_DELAY = 0.03
"""Seconds without a key after which the words appear that complete the line of input."""


class CompareApp(App[None]):
    """The screen. `build_feed` takes two functions that receive updates and error messages, and returns the feed that
    loads the runs. `where` has the filters of the command line.
    """

    CSS = """
    Screen { background: ansi_default; color: ansi_default; layout: vertical; }
    LineView { height: 1fr; width: 100%; background: ansi_default; color: ansi_default; }
    #line { height: 1; width: 100%; display: none; background: ansi_default; }
    #title { width: auto; background: ansi_default; color: ansi_default; text-style: bold; }
    Prompt { width: 1fr; height: 1; border: none; padding: 0; background: ansi_default; color: ansi_default; }
    Prompt:focus { border: none; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""

    def __init__(
        self,
        store: RunStore,
        state: ScreenState,
        build_feed: Callable[[Callable[[FeedUpdate], None], Callable[[str], None]], RunFeed],
        mode: ColorMode,
        where: Sequence[str] = (),
    ) -> None:
        super().__init__(ansi_color=True)
        self.state = state
        self.commands = ViewCommands()
        self.has_changed_runs = False
        self.store = store
        self.where = where
        self.lines = LineView(mode)
        self._cache = LayoutCache(state.grid, state.charset)
        self._screen: Screen | None = None
        self._feed = build_feed(self._send_update, self._send_failure)
        self._question: Question | None = None
        self._offer_timer: Timer | None = None
        self._confirm: Callable[[], None] | None = None
        self._reading = ReadingNeeds()
        self._has_mouse = True
        self._has_pictures = mode == "256" and not state.charset.is_ascii
        self.own_changes: set[str] = set()  # IDs of runs that the user deleted or restored: no news
        self.ended_by: signal.Signals | None = None

    def compose(self) -> ComposeResult:
        """Yields the widgets."""
        yield self.lines
        with Horizontal(id="line"):
            yield Static("", id="title", markup=False)
            yield Prompt()

    def on_mount(self) -> None:
        """Draws the first screen, then starts to load."""
        self.lines.can_focus = False
        self.set_focus(None)
        self.call_after_refresh(self._start_feed)
        self.set_interval(DETAILS_SECONDS, self._read_live)

        self.app_resume_signal.subscribe(self, lambda _: self._draw_again())
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._end_by_signal, number)

    def _draw_again(self) -> None:
        """Draws everything, after Ctrl-Z and fg."""
        for widget in self.query("*"):
            widget.refresh()

    def _end_by_signal(self, number: signal.Signals) -> None:
        """Restores the terminal before the process ends."""
        self.ended_by = number
        self.exit()

    def on_unmount(self) -> None:
        """Ends the threads."""
        self._feed.stop()

    def on_line_view_resized(self) -> None:
        """Draws for another size of the terminal."""
        size = self.lines.size
        self.update(replace(self.state, width=size.width, height=size.height))

    def _start_feed(self) -> None:
        self.run_worker(self._feed.run, thread=True, group="feed")

    def update(self, state: ScreenState) -> None:
        """Shows another state."""
        self.state = state
        if not self.lines.is_attached:
            return  # the screen is closing
        if self._cache.grid is not state.grid:
            self._cache = LayoutCache(state.grid, state.charset)
        screen = draw_screen(state, self._cache)
        first = screen.layout.first if screen.layout else state.first_column
        self.state = replace(state, top=screen.top, first_column=first, offset=screen.offset)
        self._screen = screen
        self.lines.show(screen.lines)
        self.set_timer(READ_DELAY, self._read_needed)

    # keys and mouse

    def on_key(self, event: events.Key) -> None:
        """Carries out the action of a key."""
        if self._question is not None:
            self._answer_key(event)
            return
        key = _name_key(event)
        event.stop()
        event.prevent_default()
        if self._confirm is not None:
            self._decide(key)
            return
        action = ACTIONS.get(key)
        if action is None:
            return
        state = self.state.with_message("")
        if action in OWN_ACTIONS:
            self.state = self.state if action in ("back", "close") else state  # they close the message first
            OWN_ACTIONS[action](self)
            return
        try:
            self.update(self.commands.apply(state, action, self._screen.rows if self._screen else 1))
        except GageError as error:
            self.report(error)

    def _answer_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self._close_prompt()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            prompt = self.query_one(Prompt)
            prompt.find_offers()
            prompt.insert_offer(1 if event.key == "tab" else -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scrolls down."""
        self.update(move_by(self.state, 3))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scrolls up."""
        self.update(move_by(self.state, -3))

    def on_click(self, event: events.Click) -> None:
        """Moves the cursor to the clicked row, or sorts by the clicked heading."""
        screen = self._screen
        if screen is None or screen.layout is None or self._question is not None:
            return
        line = event.screen_y - screen.first_line
        try:
            self.update(self.commands.click(self.state, screen.layout, event.screen_x, line, screen.top, screen.sticky))
        except GageError as error:
            self.report(error)

    # prompts

    def open_prompt(self, question: Question) -> None:
        """Opens the line of input."""
        self._question = question
        self.query_one("#title", Static).update(f"{question.title}: ")
        self.query_one("#line").styles.display = "block"
        self.query_one(Prompt).start(question)
        self._show_offers()

    def on_input_submitted(self, event: Prompt.Submitted) -> None:
        """Carries out the typed text; a mistake leaves the line open."""
        question = self._question
        if question is None:
            return
        self._cancel_offers()  # they would replace the message about a mistake
        try:
            question.accept(event.value)
        except GageError as error:
            self.report(error)
            return
        self._close_prompt()

    def on_input_changed(self, event: Prompt.Changed) -> None:
        """Shows the words that can complete the text, soon."""
        self._cancel_offers()
        self._offer_timer = self.set_timer(OFFER_DELAY, self._show_offers)

    def _cancel_offers(self) -> None:
        if self._offer_timer is not None:
            self._offer_timer.stop()
            self._offer_timer = None

    def _show_offers(self) -> None:
        self._offer_timer = None
        if self._question is None:
            return
        prompt = self.query_one(Prompt)
        prompt.find_offers()
        self.update(replace(self.state.with_message(""), offers=prompt.list_words(), offer=prompt.chosen))

    def _close_prompt(self) -> None:
        self._question = None
        self.update(replace(self.state, offers=(), offer=None))
        self.query_one("#line").styles.display = "none"
        self.set_focus(None)

    def report(self, error: GageError) -> None:
        """Shows an error at the bottom."""
        text = f"{error.message}\n{error.hint}" if error.hint else error.message
        self.update(self.state.with_message(text, is_error=True))

    def confirm(self, question: str, act: Callable[[], None]) -> None:
        """Asks a question; `act` is called if the answer is yes."""
        self._confirm = act
        self.update(self.state.with_message(question))

    def report_change(self, text: str) -> None:
        """Reports a change of runs, and wakes the feed, which shows it."""
        self.has_changed_runs = True
        self.update(self.state.with_message(text))
        self._feed.wake()

    def _decide(self, key: str) -> None:
        confirmed, self._confirm = self._confirm, None
        self.update(self.state.with_message("" if key in ("y", "Y") else "Nothing was changed"))
        if key in ("y", "Y") and confirmed is not None:
            confirmed()

    # actions that need the terminal, the store or a thread

    def act_copy(self) -> None:
        """Copies the names of the chosen runs to the clipboard of the terminal."""
        names = " ".join(run.name for run in self.state.list_chosen_runs())
        self.copy_to_clipboard(names)
        self.update(self.state.with_message(f"Copied: {names}"))

    def act_reload(self) -> None:
        """Looks for changes of all runs, also by other tools."""
        self._feed.wake(thorough=True)
        self.update(self.state.with_message("Reading all runs again"))

    def act_mouse(self) -> None:
        """Turns the mouse off, so that the terminal selects text, or on again."""
        self._has_mouse = not self._has_mouse
        driver = self._driver
        name = "_enable_mouse_support" if self._has_mouse else "_disable_mouse_support"
        if driver is not None and hasattr(driver, name):
            getattr(driver, name)()
            driver.flush()
        self.update(self.state.with_message(f"Mouse {'on' if self._has_mouse else 'off'}"))

    def act_diff(self) -> None:
        """Shows the output of `gage diff`."""
        runs = self.state.list_chosen_runs()
        base = self.state.grid.get_run(self.state.grid.view.baseline)
        if len(runs) == 1 and base is not None and base.id != runs[0].id:
            runs = [base, *runs]
        if len(runs) < 2:
            self.update(self.state.with_message("Select two runs with Space, or set a baseline with b"))
            return
        self.update(self.state.with_message("Comparing…"))
        self.run_worker(lambda: self._read_diff(runs), thread=True, group="diff", exclusive=True)

    def _read_diff(self, runs: Sequence[Run]) -> None:
        lines = run_reader.read_diff(self.store, runs, max(self.state.width, 40))
        self.deliver(self._show_diff, lines)

    def _show_diff(self, texts: Sequence[str]) -> None:
        lines: list[Line] = [[(self.state.charset.encode(text), _style_diff(text))] for text in texts]
        title = self.state.charset.encode(" gage diff")
        state = replace(self.state, page="text", text=tuple(lines), text_title=title, offset=0)
        self.update(state.with_message(""))

    def action_interrupt(self) -> None:
        """Closes the line of input; without one, ends the screen."""
        if self._question is None:
            self.exit()
        else:
            self._close_prompt()

    def act_back(self) -> None:
        """Goes one level back; from the table, ends the screen."""
        state = self.commands.go_back(self.state)
        if state is None:
            self.exit()
        else:
            self.update(state)

    def act_close(self) -> None:
        """Goes one level back; from the table, nowhere."""
        self.update(self.commands.go_back(self.state) or self.state.with_message("Press q to quit"))

    # threads

    def deliver(self, take: Callable[..., None], *values: object) -> None:
        """Calls a function in the thread of the screen; does nothing if the screen is closing."""
        try:
            self.call_from_thread(take, *values)
        except RuntimeError:
            if self.is_running:
                raise

    def _send_update(self, update: FeedUpdate) -> None:
        self.deliver(self._take_update, update)

    def _send_failure(self, text: str) -> None:
        self.deliver(lambda: self.update(self.state.with_message(text, is_error=True)))

    def _take_update(self, update: FeedUpdate) -> None:
        before = self.state.grid.data
        update.data.adopt_columns(before)  # read since the feed began to update
        try:
            grid = self.state.grid.with_data(update.data)
        except GageError as error:
            self.report(error)
            return
        changed = {run.id for run in update.data.runs if not before.has_same(run)}
        state = replace(
            self.state.with_grid(grid),
            is_loading=False,
            total=len(update.data.runs),
            files={id: files for id, files in self.state.files.items() if id not in changed},
            series={id: series for id, series in self.state.series.items() if id not in changed},
        )
        news = [text for id, text in update.news if id not in self.own_changes]
        self.own_changes.difference_update(id for id, _ in update.news)
        if news:
            more = f" and {len(news) - MAX_NEWS:,} more" if len(news) > MAX_NEWS else ""
            state = state.with_message(", ".join(news[:MAX_NEWS]) + more)
        self.update(state)

    def _read_needed(self) -> None:
        """Starts to read the files and curves that the screen lacks, unless that has begun."""
        needs = list_needs(self.state, self._screen)
        if needs and needs != self._reading:
            self._reading = needs
            self.run_worker(lambda: self._read(needs), thread=True, group="read", exclusive=True)

    def _read_live(self) -> None:
        """Reads the details of a running run again."""
        run, is_busy = self.state.run, any(w.group == "read" and not w.is_finished for w in self.workers)
        has_details = self._screen is not None and self._screen.has_details
        if run is None or run.status != "running" or is_busy or not has_details:
            return
        curves = [
            (each, tuple(known))
            for each in self.state.list_curve_runs()
            if each.status == "running" and (known := self.state.series.get(each.id))
        ]
        needs = ReadingNeeds((run,), tuple(curves))
        self.run_worker(lambda: self._read(needs), thread=True, group="read", exclusive=True)

    def _read(self, needs: ReadingNeeds) -> None:
        worker = get_current_worker()
        for run in needs.files:
            files = run_reader.read_files(self.store, run, self._has_pictures)
            if worker.is_cancelled:
                return
            self.deliver(self._take_files, run, files)
        for run, names in needs.curves:
            curves = run_reader.read_curves(self.store, run, names)
            if worker.is_cancelled:
                return
            self.deliver(self._take_curves, run, curves)

    def _take_files(self, run: Run, files: RunFiles) -> None:
        if self.state.grid.get_run(run.id) is run:
            self.update(replace(self.state, files={**self.state.files, run.id: files}))

    def _take_curves(self, run: Run, curves: Series) -> None:
        if self.state.grid.get_run(run.id) is run:
            known = self.state.series.get(run.id, {})
            self.update(replace(self.state, series={**self.state.series, run.id: {**known, **curves}}))


def _name_key(event: events.Key) -> str:
    """Returns the character of a key, or its name if it has none."""
    character = event.character
    return character if character and character.isprintable() and character != " " else event.key


def _style_diff(text: str) -> str:
    """Returns the style of a line of a diff."""
    start = text.lstrip()[:1]
    return "added" if start == "+" else "removed" if start == "-" else "dim" if start == "@" else ""


OWN_ACTIONS: dict[str, Callable[[CompareApp], None]] = {
    "filter": prompt_actions.set_filter,
    "filter_metrics": prompt_actions.filter_metrics,
    "choose_column": prompt_actions.add_column,
    "label": run_actions.set_label,
    "tag": run_actions.set_tags,
    "comment": run_actions.add_comment,
    "mark": run_actions.mark_runs,
    "delete": run_actions.delete_runs,
    "undo": run_actions.revert_step,
    "copy": CompareApp.act_copy,
    "save": prompt_actions.save_board,
    "reload": CompareApp.act_reload,
    "mouse": CompareApp.act_mouse,
    "diff": CompareApp.act_diff,
    "back": CompareApp.act_back,
    "close": CompareApp.act_close,
}
"""Actions that need the terminal, the store or a thread."""
