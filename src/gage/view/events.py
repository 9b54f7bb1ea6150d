"""The stream of changes: which runs changed since the last message. Sends no values; the page asks for what it shows.

One thread looks for changes, however many pages follow.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from typing import NamedTuple

from gage.index.index import RunChanges, SeenRuns, open_index
from gage.select.parse import parse_where
from gage.types.errors import GageError
from gage.types.filter import RunFilter
from gage.types.run import FINAL_STATUSES, STATUSES
from gage.view.stores import ViewedStores

POLL_SECONDS = 1.0
PING_SECONDS = 15.0
"""Seconds after which a message is sent if nothing changed, so that a broken connection is noticed."""
LIVE = f"status in [{', '.join(status for status in STATUSES if status not in FINAL_STATUSES and status != 'damaged')}]"


class Change(NamedTuple):
    """What changed in a store: `version` grows by one each time, `live` are the runs that have not ended, `changed`
    those of them that changed or ended. Other runs may have changed, too.
    """

    store: int
    version: int
    live: tuple[str, ...]
    changed: tuple[str, ...]


class ChangeFeed:
    """Looks for changes while pages follow it."""

    def __init__(self, stores: ViewedStores) -> None:
        self._stores = stores
        self._filter = RunFilter(where=parse_where(LIVE))
        self._lock = threading.Lock()
        self._changes: dict[int, Change] = {}
        self._followers = 0
        self._thread: threading.Thread | None = None

    async def follow(self, is_gone: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
        """Yields messages of server-sent events until the page is gone."""
        self._start()
        sent: dict[int, int] = {}
        waited = PING_SECONDS
        try:
            while not await is_gone():
                news = [each for each in self._changes.values() if sent.get(each.store) != each.version]
                for change in news:
                    sent[change.store] = change.version
                    yield f"id: {change.version}\nevent: change\ndata: {json.dumps(change._asdict())}\n\n"
                waited = 0.0 if news else waited + POLL_SECONDS
                if waited >= PING_SECONDS:
                    waited = 0.0
                    yield ": nothing has changed\n\n"
                await asyncio.sleep(POLL_SECONDS / 2)
        finally:
            with self._lock:
                self._followers -= 1

    def _start(self) -> None:
        with self._lock:
            self._followers += 1
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="gage-view-changes", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        """Looks for changes until nobody follows."""
        pause, seen = threading.Event(), [SeenRuns() for _ in self._stores.stores]
        with ExitStack() as stack:
            indexes = [stack.enter_context(open_index(store)) for store in self._stores.stores]
            while self._is_followed():
                for number, index in enumerate(indexes):
                    try:
                        found = index.find_changes(self._filter, seen[number], thorough=True)
                    except (GageError, OSError):
                        continue  # the answer to the next request of the page says what is wrong
                    if found is not None:
                        self._report(number, seen[number], found)
                        seen[number] = found.seen
                pause.wait(POLL_SECONDS)

    def _is_followed(self) -> bool:
        """Returns whether anybody follows. If not, the next one who does starts another thread."""
        with self._lock:
            if self._followers == 0:
                self._thread = None
            return self._followers > 0

    def _report(self, number: int, before: SeenRuns, found: RunChanges) -> None:
        ended = [id for id in before.contents if id not in found.ids]
        if ended:
            self._stores.series.forget_runs()
        version = self._changes[number].version + 1 if number in self._changes else 1
        self._changes[number] = Change(number, version, found.ids, (*found.changed, *ended))
