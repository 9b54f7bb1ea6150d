"""The page opens, and says what is wrong if it cannot."""

from pathlib import Path

from stores import make_run


def test_lists_the_runs_of_the_store(view, open_page, tmp_path: Path) -> None:
    make_run(tmp_path / "runs", config={"lr": 0.1})
    make_run(tmp_path / "runs", config={"lr": 0.2})
    page = open_page(view(tmp_path / "runs"))
    page.get_by_text("2 runs").wait_for()
    assert page.url.endswith("/")  # the token is gone


def test_an_empty_store_shows_the_command_to_type(view, open_page, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    open_page(view(tmp_path / "runs")).get_by_text("gage run train.py").wait_for()


def test_without_a_token_the_page_says_where_it_is(view, open_page, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    address = view(tmp_path / "runs").partition("#")[0]
    open_page(address, expected="401").get_by_text("Open the address that Gage printed").wait_for()


def test_an_address_with_a_new_token_opens_an_open_page_again(view, open_page, tmp_path: Path) -> None:
    make_run(tmp_path / "runs")
    address = view(tmp_path / "runs")
    page = open_page(address.partition("#")[0], expected="401")
    page.get_by_text("Open the address that Gage printed").wait_for()
    page.goto(address)  # differs after "#" only, so that the browser does not load it by itself
    page.get_by_text("1 run", exact=True).wait_for()
    assert page.url.endswith("/")


def test_an_address_with_names_that_objects_have_opens(view, open_page, tmp_path: Path) -> None:
    make_run(tmp_path / "runs")
    page = open_page(view(tmp_path / "runs") + "&constructor=1&__proto__=2&screen=__proto__")
    page.get_by_text("1 run", exact=True).wait_for()
