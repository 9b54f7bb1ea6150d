"""Growing event files."""

from gage.metrics.reader_api import ReadResult
from gage.metrics.tf_writer import EventWriter
from gage.metrics.tfevents import EventFile


def test_each_read_returns_new_points(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    log = EventFile(str(path), path.name)
    assert not log.read_new().series
    writer.add(1, 10.0, {"loss": 2.0})
    writer.flush()
    assert list(log.read_new().series["loss"].values) == [2.0]
    assert not log.read_new().series
    for step in range(2, 500):
        writer.add(step, 10.0 + step, {"loss": 1 / step})
    writer.close()
    assert list(log.read_new().series["loss"].steps) == list(range(2, 500))


def test_waits_for_a_whole_record(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.add(2, 11.0, {"loss": 1.0})
    writer.close()
    data = path.read_bytes()
    path.write_bytes(b"")
    log = EventFile(str(path), path.name)
    losses = []
    for end in range(len(data) + 1):
        path.write_bytes(data[:end])
        result = log.read_new()
        losses += result.series["loss"].values if result.series else []
        assert not result.notes
    assert losses == [2.0, 1.0]


def test_stops_at_a_truncated_file(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.close()
    log = EventFile(str(path), path.name)
    log.read_new()
    path.write_bytes(b"")
    result = log.read_new()
    assert not result.series and len(result.notes) == 1
    assert log.read_new() == ReadResult(series={}, items=[], notes=[])


def test_reads_a_file_again_that_was_overwritten(tmp_path):
    path = tmp_path / "a.tfevents"
    log = EventFile(str(path), path.name)
    for created, steps in ((10.0, 50), (20.0, 5), (30.0, 80)):
        path.unlink(missing_ok=True)
        writer = EventWriter(path)
        for step in range(steps):
            writer.add(step, created + step, {"loss": created})
        writer.close()
        result = log.read_new()
        assert result.replaces_all == (created > 10) and not result.notes
        assert list(result.series["loss"].values) == [created] * steps
