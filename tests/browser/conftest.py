"""Opens the page in Chromium, served by the real `gage view`."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from view_server import serve

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BUILT_PAGE = Path(__file__).parents[2] / "src" / "gage" / "view" / "page" / "index.html"
DESK, PHONE = (1440, 900), (390, 844)

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips the tests of this directory where there is no Chromium; in CI, a skipped test fails."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.slow)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Starts Chromium once for all tests."""
    assert BUILT_PAGE.is_file(), "The page is not built: run make page"
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Returns a function that opens an address in a window of its own. Fails a test whose page reports an error, except
    errors that contain `expected`.
    """
    contexts, errors = [], []

    def open_page(
        url: str, size: tuple[int, int] = DESK, scheme: str = "light", expected: str = "\n", **options: object
    ) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-US", **options
        )
        contexts.append(context)
        page = context.new_page()
        report = lambda text: None if expected in text else errors.append(text)  # noqa: E731
        page.on("pageerror", lambda error: report(str(error)))
        page.on("console", lambda message: report(message.text) if message.type == "error" else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def view(tmp_path: Path, home: Path) -> Iterator[Callable[..., str]]:
    """Returns a function that serves a store and returns the address of its page."""
    servers = []

    def view(runs: Path, *options: str) -> str:
        server = serve(runs, *options, home=home)
        servers.append(server)
        return server.__enter__().url

    yield view
    for server in servers:
        server.__exit__(None, None, None)
