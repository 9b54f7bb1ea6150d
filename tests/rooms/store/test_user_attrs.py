"""User attributes: a log that resists wrong clocks, crashes and hostile files."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stores import make_run

from gage.lib import uuid7
from gage.store.user_attrs import MAX_FILE_BYTES, AttrChange, list_change_files, replay, replay_state, write_change
from gage.types.errors import StoreError
from gage.types.run import NO_USER_ATTRS


@pytest.fixture
def log(tmp_path):
    return tmp_path / "x.user"


def write_file(log, name, data):
    log.mkdir(exist_ok=True)
    (log / name).write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())


def test_run_without_changes_has_no_attributes(log):
    assert replay(log) is NO_USER_ATTRS


def test_last_change_wins(log):
    write_change(log, AttrChange("sam", {"label": "first", "tag:a": True, "tag:b": True, "mark": True}))
    write_change(log, AttrChange("kim", {"label": "second"}, ("tag:a", "mark")))
    attrs = replay(log)
    assert (attrs.label, attrs.tags, attrs.marked) == ("second", ("b",), False)


def test_reads_every_attribute(log):
    write_change(
        log,
        AttrChange(
            "sam",
            {
                "comment:1": {"msg": "looks good", "timestamp": 1795424883259},
                "archive": "paper",
                "deleted": True,
                "purged": True,
                "project": "/home/sam/x",
                "score": 0.5,
            },
        ),
    )
    attrs = replay(log)
    assert attrs.comments[0].text == "looks good"
    assert attrs.comments[0].author == "sam"
    assert attrs.comments[0].when == 1795424883259000
    assert (attrs.archive, attrs.deleted_by, attrs.purged_by, attrs.project) == ("paper", "sam", "sam", "/home/sam/x")
    assert attrs.other == {"score": 0.5}


def test_deletes_and_restores_a_run(log):
    write_change(log, AttrChange("sam", {"deleted": True}))
    assert replay(log).deleted_by == "sam"
    write_change(log, AttrChange("sam", {}, ("deleted",)))
    assert replay(log).deleted_by == ""
    write_change(log, AttrChange("sam", {"deleted": True}))
    write_change(log, AttrChange("kim", {"deleted": False}))
    assert replay(log).deleted_by == ""


def test_ignores_values_of_another_type(log):
    write_change(
        log, AttrChange("", {"label": 5, "archive": [1], "comment:x": "text", "tag:": True, "deleted": 1, "mark": 0})
    )
    attrs = replay(log)
    assert (attrs.label, attrs.archive, attrs.comments, attrs.tags, attrs.marked) == ("", "", (), (), False)
    assert attrs.deleted_by == "unknown"


def test_new_change_is_last_although_the_clock_was_set_back(log):
    future = uuid7.generate(uuid7.parse_ms(uuid7.generate()) + 10 * 365 * 86_400_000)
    write_file(log, f"{future}.json", {"author": "a", "set": {"label": "from the future"}})
    write_change(log, AttrChange("sam", {"label": "now"}))
    write_change(log, AttrChange("sam", {"label": "later"}))
    assert replay(log).label == "later"
    assert len(list_change_files(log)) == 3


def test_ignores_a_name_after_all_times(log):
    for name in ("ffffffff-ffff-7fff-bfff-ffffffffffff", "fffffffe-ffff-7fff-bfff-ffffffffffff"):
        write_file(log, f"{name}.json", {"author": "evil", "set": {"label": "for ever"}})
    write_change(log, AttrChange("sam", {"label": "mine"}))
    assert replay(log).label == "mine"


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"set": []}',
    b'{"set": {"a": 1}, "delete": "label"}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"set": {"a": 1' + b"0" * 5000 + b"}}",
]


@pytest.mark.parametrize("data", BROKEN, ids=lambda data: repr(data[:12]))
def test_skips_and_reports_broken_files(log, data):
    write_change(log, AttrChange("sam", {"label": "good"}))
    name = f"{uuid7.generate(uuid7.parse_ms(uuid7.generate()) + 5)}.json"
    write_file(log, name, data)
    broken = []
    assert replay_state(log, broken)["label"].value == "good"
    assert broken == [name]
    write_change(log, AttrChange("sam", {"label": "after"}))
    assert replay(log).label == "after"


def test_ignores_other_files(log):
    write_change(log, AttrChange("sam", {"label": "good"}))
    for name in ("note.txt", ".tmp-x.json", "x.json", "../x.json".replace("/", "_"), "0" * 36 + ".json"):
        write_file(log, name, {"set": {"label": "bad"}})
    assert replay(log).label == "good"


def test_does_not_read_links_pipes_directories_and_huge_files(log, tmp_path):
    write_change(log, AttrChange("sam", {"label": "good"}))
    (tmp_path / "secret").write_text('{"set": {"label": "secret"}}')
    names = [f"{uuid7.generate(uuid7.parse_ms(uuid7.generate()) + n + 5)}.json" for n in range(4)]
    (log / names[0]).symlink_to(tmp_path / "secret")
    os.mkfifo(log / names[1])
    (log / names[2]).mkdir()
    with open(log / names[3], "wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    broken = []
    assert replay_state(log, broken)["label"].value == "good"
    assert broken == names


def test_does_not_follow_a_link_instead_of_the_log(tmp_path):
    write_change(tmp_path / "other.user", AttrChange("sam", {"label": "other"}))
    (tmp_path / "x.user").symlink_to("other.user")
    assert replay(tmp_path / "x.user") is NO_USER_ATTRS


def test_replaces_lone_surrogates(log):
    write_file(log, f"{uuid7.generate()}.json", b'{"set": {"label": "a\\ud800b", "tag:\\udfff": true}}')
    attrs = replay(log)
    assert attrs.label == "a\ufffdb"
    json.dumps([attrs.label, *attrs.tags], ensure_ascii=False).encode()


text = st.text(max_size=20)
values = st.dictionaries(st.sampled_from("abc"), text | st.booleans() | st.integers(), max_size=3)
changes = st.lists(st.tuples(values, st.lists(st.sampled_from("abc"))), max_size=6)


@settings(max_examples=50, deadline=None)
@given(changes)
def test_replay_equals_a_dict_of_the_changes(tmp_path_factory, changes):
    log = tmp_path_factory.mktemp("log") / "u"
    table = {}
    for new, removed in changes:
        write_change(log, AttrChange("sam", new, tuple(removed)))
        for key in removed:
            table.pop(key, None)
        table.update(new)
    assert {key: attr.value for key, attr in replay_state(log).items()} == table


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)), st.integers(0, 5))
def test_merged_copies_agree_in_any_order(tmp_path_factory, order, half):
    folder = tmp_path_factory.mktemp("merge")
    for number in range(6):
        write_change(folder / "a", AttrChange("sam", {"label": str(number)}))
    names = list_change_files(folder / "a")
    (folder / "b").mkdir()
    for number in [*order, *order[:half]]:
        (folder / "b" / names[number]).write_bytes((folder / "a" / names[number]).read_bytes())
    assert replay(folder / "b") == replay(folder / "a")


def test_writes_and_deletes_nothing_behind_a_link(store, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    old = outside / "01900000-0000-7000-8000-000000000000.json"
    old.write_text("{}")
    id = make_run(store)
    store.get_paths(id).user_dir.symlink_to(outside)
    for change in (lambda: store.annotate([id], {"label": "x"}), lambda: store.purge(id, "sam")):
        with pytest.raises(StoreError, match="is a link or a file"):
            change()
    assert list(outside.iterdir()) == [old]
    assert store.exists(id)


def test_rejects_text_that_is_not_utf8(store):
    id = make_run(store)
    with pytest.raises(StoreError, match=r"^'caf.udce9' is not UTF-8"):
        store.annotate([id], {"label": "caf\udce9"})
    assert store.read(id).label == ""
