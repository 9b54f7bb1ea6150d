"""An event file while it grows."""

from gage.metrics.tf_writer import EventWriter
from gage.metrics.tfevents import EventFile, TemplateCache


def look(events):
    found = {}
    events.read(found, [])
    return found


def test_each_read_returns_new_points(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    log = EventFile(tmp_path, path.name, TemplateCache())
    assert not look(log)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.flush()
    assert list(look(log)["loss"].values) == [2.0]
    assert not look(log)
    for step in range(2, 500):
        writer.add(step, 10.0 + step, {"loss": 1 / step})
    writer.close()
    assert list(look(log)["loss"].steps) == list(range(2, 500))


def test_waits_for_a_whole_record(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.add(2, 11.0, {"loss": 1.0})
    writer.close()
    data = path.read_bytes()
    path.write_bytes(b"")
    log = EventFile(tmp_path, path.name, TemplateCache())
    seen = []
    for end in range(len(data) + 1):
        path.write_bytes(data[:end])
        found = look(log)
        seen += found["loss"].values if found else []
    assert not log.notes
    assert seen == [2.0, 1.0]


def test_stops_at_a_truncated_file(tmp_path):
    path = tmp_path / "a.tfevents"
    writer = EventWriter(path)
    writer.add(1, 10.0, {"loss": 2.0})
    writer.close()
    log = EventFile(tmp_path, path.name, TemplateCache())
    look(log)
    path.write_bytes(b"")
    assert not look(log)
    assert len(log.notes) == 1
    assert not look(log)
    assert len(log.notes) == 1
