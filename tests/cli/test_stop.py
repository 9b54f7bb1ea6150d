"""`gage stop`; `tests/rooms/runner` stops running programs."""


def test_requires_runs(gage, store):
    assert "No runs specified" in gage("stop", code=2).err


def test_names_runs_that_are_not_running(gage, store):
    err = gage("stop", "1", "2", "--yes").err
    assert err.count("is not running: it is") == 2 and "it is error" in err
