"""Event files that Gage writes have the bytes of TensorFlow's format."""

import math

from gage.metrics.series import read_run_series
from gage.metrics.tf_writer import EventWriter

FILE = "events.out.tfevents.1"


def write(path, rows):
    writer = EventWriter(path)
    for values, step, time in rows:
        writer.add(step, time, values)
    writer.close()


def test_writes_the_bytes_of_tensorboard(tmp_path):
    write(tmp_path / FILE, [({"loss": 0.5}, 3, 1700000000.25)])
    golden = (  # the messages are those that tensorboard 2.21's event_pb2 makes, and its reader takes the file
        "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9"
        "1a00000000000000129bd82d0900001040fc54d94110032a0d0a0b0a046c6f7373150000003f017aa16c"
    )
    assert (tmp_path / FILE).read_bytes().hex() == golden


def test_writes_values_of_a_step_as_one_record(tmp_path):
    write(tmp_path / FILE, [({"loss": 0.5, "acc": 0.25}, 1, 10.0), ({"loss": 0.125, "acc": 0.75}, 2, 11.0)])
    run = read_run_series(tmp_path, None, final=True)
    assert run.names() == ["loss", "acc"]
    assert list(run.series("acc").steps) == [1, 2]
    assert list(run.series("acc").times) == [10.0, 11.0]
    assert list(run.series("loss").values) == [0.5, 0.125]


def test_writes_extreme_numbers(tmp_path):
    write(
        tmp_path / FILE,
        [({"x": math.nan}, 0, 0.0), ({"x": math.inf}, 2**63 - 1, 1.0), ({"x": -1e300}, -5, 2.0)],
    )
    series = read_run_series(tmp_path, None, final=True).series("x")
    assert list(series.steps) == [0, 2**63 - 1, -5]
    assert math.isnan(series.values[0])
    assert list(series.values[1:]) == [math.inf, -1e300]


def test_appends_to_an_existing_file(tmp_path):
    write(tmp_path / FILE, [({"x": 1.0}, 1, 1.0)])
    write(tmp_path / FILE, [({"x": 2.0}, 2, 2.0)])
    assert list(read_run_series(tmp_path, None, final=True).series("x").values) == [1.0, 2.0]
    assert (tmp_path / FILE).read_bytes().count(b"brain.Event") == 1


def test_keeps_numbers_that_four_bytes_cannot_hold(tmp_path):
    rows = [({"p": 0.5, "q": 1e-3}, 1, 1.0), ({"p": 1.58e-96, "q": 0.0}, 2, 2.0), ({"p": 0.25, "q": 1e39}, 3, 3.0)]
    write(tmp_path / FILE, rows)
    run = read_run_series(tmp_path, None, final=True)
    assert list(run.series("p").values) == [0.5, 1.58e-96, 0.25]
    assert list(run.series("q").values)[1:] == [0.0, 1e39]
