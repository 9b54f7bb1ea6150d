"""IDs, names, times, processes, suggestions."""

import hashlib
import os
import subprocess
import sys
import time

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.lib import digests, processes, suggest, times, uuid7
from gage.lib.cache import find_cache_dir
from gage.lib.yaml_scalars import parse_scalar


def test_ids_sort_by_creation():
    before = time.time_ns() // 1_000_000
    ids = [uuid7.generate() for _ in range(50)]
    assert len(set(ids)) == 50
    assert [i[:17] for i in ids] == sorted(i[:17] for i in ids)
    assert before <= uuid7.parse_ms(ids[0]) <= time.time_ns() // 1_000_000


@given(st.integers(0, uuid7.MAX_MS))
def test_an_id_is_later_than_a_requested_time(after):
    id = uuid7.generate(after)
    assert uuid7.parse_ms(id) > after
    assert len(id) == 36
    assert id[14] == "7"
    assert id[19] in "89ab"


def test_run_names_are_proquints():
    assert uuid7.name_from_id("00000000-0000-7000-8000-00007f000001") == "lusab-babad"
    assert uuid7.name_from_id("00000000-0000-7000-8000-00003f54dcc1") == "gutih-tugad"


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_different_ids_have_different_names(one, other):
    assert (uuid7.name_from_id(f"{one:08x}") == uuid7.name_from_id(f"{other:08x}")) == (one == other)


def test_formats_ages():
    now = 1_800_000_000_000_000
    ages = [
        times.format_age(now - s * 1_000_000, now) for s in (0, 1, 30, 60, 119, 7200, 90_000, 3_000_000, 40_000_000)
    ]
    assert ages == [
        *("now", "now", "30 seconds ago", "1 minute ago", "1 minute ago", "2 hours ago", "1 day ago"),
        *("1 month ago", "1 year ago"),
    ]
    assert times.format_age(now + 5_000_000_000, now) == "now"


def test_iso_time_has_an_offset_and_never_fails():
    assert times.format_iso(0)[:4] in ("1970", "1969")
    assert times.format_iso(0)[-5] in "+-"
    assert times.format_iso(10**30) == str(10**30)


def test_own_process_has_a_constant_start_time():
    assert processes.read_start_time(os.getpid()) == processes.read_start_time(os.getpid()) is not None
    assert processes.read_boot_id() == processes.read_boot_id() != ""
    assert processes.read_host_id() == processes.read_host_id() != ""


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_zombie_is_not_alive(monkeypatch, system):
    monkeypatch.setattr(processes.sys, "platform", system)
    if system != "linux":
        assert processes.read_start_time(os.getpid()) == psutil.Process().create_time()
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert processes.read_start_time(child.pid) is None
    child.wait()
    assert processes.read_start_time(child.pid) is None
    child.stdout.close()
    assert processes.read_start_time(-1) is None
    assert processes.read_start_time(0) is None


def test_suggests_similar_words():
    assert suggest.find_closest("learning_rat", ["epochs", "learning_rate"]) == "learning_rate"
    assert suggest.find_closest("LR", ["lr"]) == "lr"
    assert suggest.find_closest("xyz", ["epochs", "lr"]) is None
    assert suggest.find_closest("", []) is None


def test_digests_without_the_built_in_module(monkeypatch):
    monkeypatch.setitem(sys.modules, digests._BUILTIN_MODULE, None)
    assert digests.create_sha256(3).digest() == hashlib.sha256().digest()


def test_finds_no_cache_directory_without_a_home(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "relative")
    assert find_cache_dir() is None


def test_a_scalar_with_very_many_digits_is_text():
    assert parse_scalar("1" * 100_000) == "1" * 100_000
