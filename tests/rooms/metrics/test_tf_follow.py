"""An event file while it grows."""

from gage.metrics.follow import EventLog
from gage.metrics.tfwrite import Writer


def test_each_look_tells_what_is_new(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = Writer(path)
    log = EventLog(str(path), "train/")
    assert not log.look().series
    writer.add(1, 10.0, {"loss": 2.0})
    writer.flush()
    assert list(log.look().series["train/loss"].values) == [2.0]
    assert not log.look().series
    for step in range(2, 500):
        writer.add(step, 10.0 + step, {"loss": 1 / step})
    writer.close()
    assert list(log.look().series["train/loss"].steps) == list(range(2, 500))


def test_half_a_record_is_waited_for(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = Writer(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.add(2, 11.0, {"loss": 1.0})
    writer.close()
    data = path.read_bytes()
    path.write_bytes(b"")
    log = EventLog(str(path), "")
    seen = []
    for end in range(len(data) + 1):
        path.write_bytes(data[:end])
        found = log.look()
        seen += found.series["loss"].values if found.series else []
        assert not found.notes
    assert seen == [2.0, 1.0]


def test_a_file_that_becomes_shorter_is_told_and_left(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = Writer(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.close()
    log = EventLog(str(path), "")
    log.look()
    path.write_bytes(b"")
    assert len(log.look().notes) == 1
    assert not log.look(final=True).notes
