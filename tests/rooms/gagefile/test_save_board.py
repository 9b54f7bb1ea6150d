"""Saving boards: what is written is read back, and no board of somebody else is overwritten."""

import multiprocessing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.gagefile.load_board import load_board, parse_board
from gage.gagefile.save_board import format_board, save_board
from gage.types.board import AGGREGATES, BoardColumn, BoardDef, BoardGroup, BoardScore
from gage.types.errors import UsageError

BOARD = BoardDef(
    title='A "title"',
    description="two\nlines",
    where=("op=train", 'label = "a b"'),
    columns=(
        BoardColumn("name"),
        BoardColumn("score", "Score", ".3f", "mean"),
        BoardColumn("metric.x", other={"w": 2}),
    ),
    group=BoardGroup(("lr", "config.a b")),
    scores=(BoardScore("score", "0.7 * acc"), BoardScore("a b", "acc")),
    sort=("-Score", "lr"),
    limit=5,
)


def test_saves_what_it_loads(tmp_path):
    path = tmp_path / "a.toml"
    save_board(BOARD, path)
    assert load_board(str(path)).definition == BOARD
    assert [p.name for p in tmp_path.iterdir()] == ["a.toml"]


def test_short_boards_are_short():
    board = BoardDef(columns=(BoardColumn("name"), BoardColumn("min(loss)")), group=BoardGroup(("lr",), "min", "loss"))
    assert format_board(board) == ('columns = ["name", "min(loss)"]\n\n[group]\nby = ["lr"]\nmin = "loss"\n')


TEXT = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1, max_size=8).filter(str.strip)
NAME = TEXT.map(lambda text: f"config.{text}")


FORMATS = st.sampled_from(["", ".3f", "age"])
COLUMNS = st.lists(st.tuples(NAME, FORMATS), min_size=1, max_size=4).map(
    lambda pairs: tuple(BoardColumn(name, format=format) for name, format in pairs)
)
GROUPS = st.none() | st.tuples(NAME, NAME).map(lambda names: BoardGroup(names[:1], "max", names[1]))
SCORES = st.sets(NAME, max_size=2).map(lambda names: tuple(BoardScore(name, "a + 1") for name in names))
BOARDS = st.tuples(
    st.text(max_size=9), st.text(max_size=9), st.just(()), COLUMNS, GROUPS, SCORES, st.just(()), st.none() | st.just(7)
).map(lambda values: BoardDef(*values))


@given(BOARDS)
def test_any_board_is_read_back(board):
    assert parse_board(format_board(board), "a.toml").definition == board


def test_escapes_lone_surrogates():
    text = format_board(BoardDef(title="\ud800", columns=(BoardColumn("\udc80"),)))
    assert parse_board(text, "a.toml").definition == BoardDef(title="\\ud800", columns=(BoardColumn("\\udc80"),))


def test_an_aggregate_of_each_kind_is_read_back():
    columns = tuple(BoardColumn("a", f"l{each}", aggregate=each) for each in AGGREGATES)
    board = BoardDef(columns=columns, group=BoardGroup(("b",)))
    assert parse_board(format_board(board), "a.toml").definition == board


def test_replaces_only_the_board_that_was_loaded(tmp_path):
    path = tmp_path / "a.toml"
    save_board(BOARD, path)
    save_board(BOARD, path)
    changed = BOARD._replace(title="B")
    with pytest.raises(UsageError, match=r"a\.toml exists already"):
        save_board(changed, path)
    save_board(changed, path, loaded=BOARD)
    with pytest.raises(UsageError, match="has changed since it was read"):
        save_board(BOARD._replace(title="C"), path, loaded=BOARD)
    assert load_board(str(path)).definition == changed


def test_leaves_what_is_not_a_board(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("[train]\nexec = 'x'\n")
    with pytest.raises(UsageError, match="exists already"):
        save_board(BOARD, path)
    (tmp_path / "b.toml").symlink_to("nowhere")
    with pytest.raises(UsageError, match="exists already"):
        save_board(BOARD, tmp_path / "b.toml")
    with pytest.raises(UsageError, match="Boards are saved as TOML"):
        save_board(BOARD, tmp_path / "b.json")
    assert path.read_text() == "[train]\nexec = 'x'\n"


def save_numbered(path, number, barrier, results):
    barrier.wait(20)
    try:
        save_board(BOARD._replace(title=f"board {number}"), path)
        results.put(number)
    except UsageError:
        pass


def test_of_two_processes_that_save_one_board_one_is_refused(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(2), context.SimpleQueue()
    path = tmp_path / "a.toml"
    processes = [context.Process(target=save_numbered, args=(path, n, barrier, results)) for n in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    saved = results.get()
    assert results.empty() and load_board(str(path)).definition.title == f"board {saved}"
