"""What the files of a run come to, look by look."""

import json
import math
import os
from pathlib import Path

import pytest

from gage.metrics import output_metrics
from gage.metrics.metrics_json import MetricsJson, shortest_float
from gage.metrics.output_metrics import OutputMetrics
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX
from gage.metrics.run_scanner import RunScanner
from gage.metrics.tf_writer import EventWriter


def watch(folder: Path, skipped: tuple[str, ...] = ()) -> RunScanner:
    return RunScanner(str(folder), lambda path: path in skipped)


def lasts(seen: RunScanner) -> dict[str, float]:
    return {name: shortest_float(r.last.value) for name, r in seen.series_stats().items()}


def test_files_that_come_and_grow(tmp_path: Path) -> None:
    seen = watch(tmp_path)
    assert not seen.scan()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/train.jsonl").write_text('{"loss": 3}\n')
    assert seen.scan()
    assert lasts(seen) == {"loss": 3.0}
    assert not seen.scan()
    with open(tmp_path / "logs/train.jsonl", "a") as file:
        file.write('{"loss": 1}\n{"loss": 2}\n')
    assert seen.scan()
    loss = seen.series_stats()["loss"]
    assert (loss.first.value, loss.last.value, loss.min and loss.min.value, loss.point_count) == (3.0, 2.0, 1.0, 3)


def test_one_series_from_two_files_of_a_job_that_was_started_again(tmp_path: Path) -> None:
    for time, values in ((1000000001, (3.0, 2.0)), (1000000002, (2.5, 1.0))):
        writer = EventWriter(tmp_path / f"events.out.tfevents.{time}.box")
        for step, value in enumerate(values):
            writer.add(step, float(time), {"loss": value})
        writer.close()
    seen = watch(tmp_path)
    seen.scan()
    loss = seen.series_stats()["loss"]
    assert (loss.first.value, loss.last.value, loss.point_count) == (3.0, 1.0, 4)


def test_what_is_written_goes_before_what_is_printed(tmp_path: Path) -> None:
    for name, value in (
        (f"events.out.tfevents.1.box{OUTPUT_EVENTS_SUFFIX}", 1.0),
        ("sub/events.out.tfevents.1.box", 2.0),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        writer = EventWriter(tmp_path / name)
        writer.add(1, 1.0, {"loss": value, f"only{value:g}": value})
        writer.close()
    seen = watch(tmp_path)
    seen.scan()
    assert lasts(seen) == {"loss": 1.0, "only1": 1.0, "sub/loss": 2.0, "sub/only2": 2.0}
    (tmp_path / "metrics.jsonl").write_text('{"loss": 9}\n')
    seen.scan()
    assert lasts(seen)["loss"] == 9.0


def test_a_file_written_anew_says_all_again(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"a": 1, "opt": "sgd"}')
    seen = watch(tmp_path)
    seen.scan()
    assert (seen.numbers(), seen.attributes()) == ({"a": 1.0}, {"opt": "sgd"})
    (tmp_path / "summary.json").write_text('{"bb": 2}')
    seen.scan()
    assert (seen.numbers(), seen.attributes()) == ({"bb": 2.0}, {})


def test_source_code_and_inputs_are_not_the_runs_own(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text('{"a": 1}')
    seen = watch(tmp_path, ("metrics.json",))
    seen.scan()
    assert seen.numbers() == {}


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else/metrics.json").write_text('{"a": 1}')
    (tmp_path / "run").mkdir()
    os.symlink(tmp_path / "else", tmp_path / "run/folder")
    os.symlink(tmp_path / "else/metrics.json", tmp_path / "run/metrics.json")
    os.symlink(tmp_path / "run", tmp_path / "run/round")
    seen = watch(tmp_path / "run")
    seen.scan(final=True)
    assert seen.numbers() == {}


def test_what_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text("{")
    (tmp_path / "events.out.tfevents.1.x").write_bytes(b"\x07" * 100)
    seen = watch(tmp_path)
    seen.scan()
    seen.scan(final=True)
    assert [note.partition(":")[0] for note in seen.notes] == ["events.out.tfevents.1.x", "metrics.json"]


def test_a_file_that_goes_away_keeps_what_it_said(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text('{"a": 1}')
    seen = watch(tmp_path)
    seen.scan()
    (tmp_path / "metrics.json").unlink()
    seen.scan(final=True)
    assert seen.numbers() == {"a": 1.0}


def test_ten_thousand_series(tmp_path: Path) -> None:
    record = {"step": 1, **{f"layer{i}/norm": i / 2 for i in range(9999)}}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n" + json.dumps(record) + "\n")
    seen = watch(tmp_path)
    seen.scan()
    told = json.loads(MetricsJson().render(seen.series_stats(), {}))
    assert len(told) == 9999
    assert told["layer9998/norm"]["count"] == 2  # type: ignore[index, call-overload]


def test_clocks_that_jump_and_steps_that_go_back(tmp_path: Path) -> None:
    for step, time in ((5, 2e9), (6, 1e9), (1, 3e9)):
        with open(tmp_path / "log.jsonl", "a") as file:
            file.write(json.dumps({"step": step, "time": time, "loss": step}) + "\n")
    seen = watch(tmp_path)
    seen.scan()
    loss = seen.series_stats()["loss"]
    assert (loss.first.step, loss.last.step, loss.last.time, loss.point_count) == (5, 1, 3e9, 3)


def test_the_summary_keeps_what_json_cannot_say(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"step": 1, "a": NaN}\n{"step": 2, "a": Infinity}\n')
    seen = watch(tmp_path)
    seen.scan()
    told = json.loads(MetricsJson().render(seen.series_stats(), {"b": 2.0}))
    assert told["b"] == {"count": 1, "last": {"value": 2.0}}
    a = told["a"]
    assert isinstance(a, dict)
    assert (a["count"], a["last"]["value"], "min" in a) == (2, "Infinity", False)


def test_what_is_told_again_is_what_would_be_told_anew(tmp_path: Path) -> None:
    seen, told = watch(tmp_path), MetricsJson(["loss"])
    for values in ((3.0, math.nan), (1.0, 5.0), (2.0,), (1.0,), (0.5, 7.0)):
        with (tmp_path / "log.jsonl").open("a") as file:
            file.writelines(json.dumps({"loss": value, "acc": 1.0}) + "\n" for value in values)
        seen.scan()
        assert told.render(seen.series_stats(), {"é": 1.5}) == MetricsJson(["loss"]).render(
            seen.series_stats(), {"é": 1.5}
        )
        assert json.loads(told.render(seen.series_stats(), {}))["loss"]["rank"] == 1


def test_four_bytes_are_told_as_they_were_written() -> None:
    assert shortest_float(0.10000000149011612) == 0.1
    assert shortest_float(0.1) == 0.1
    assert shortest_float(1 / 3) == 1 / 3
    assert shortest_float(16777216.0) == 16777216.0
    assert shortest_float(1e300) == 1e300
    assert math.isnan(shortest_float(math.nan))


class TestPrinted:
    def test_what_is_printed_becomes_an_event_file(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box")
        for piece in (b"Epoch 1/2\nlo", b"ss: 0.5\r", b"loss: 0.4\nEpoch 2/2\n", b"loss: 0.3"):
            printed.feed(1, piece, 1_795_000_000_000_000)
        assert printed.parse_waiting()
        printed.finish()
        assert [p.name for p in tmp_path.iterdir()] == [f"events.out.tfevents.1795000000.box{OUTPUT_EVENTS_SUFFIX}"]
        seen = watch(tmp_path)
        seen.scan()
        assert seen.series_stats()["loss"].point_count == 3
        assert lasts(seen) == {"loss": 0.3}

    def test_streams_are_not_mixed(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box")
        printed.feed(1, b"loss: 0.", 1)
        printed.feed(2, b"error 5\n", 1)
        printed.feed(1, b"25\n", 1)
        printed.finish()
        seen = watch(tmp_path)
        seen.scan()
        assert lasts(seen) == {"loss": 0.25}

    def test_the_names_over_a_table_may_come_alone(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box")
        for line in (
            "epoch     train_loss  valid_loss\n",
            "0         0.5         0.25\n",
            "│ Epoch │ acc │\n",
            "│ 1 │ 0.75 │\n",
        ):
            printed.feed(1, line.encode(), 1)
        printed.finish()
        seen = watch(tmp_path)
        seen.scan()
        assert lasts(seen) == {"train_loss": 0.5, "valid_loss": 0.25, "acc": 0.75}

    def test_nothing_to_say_makes_no_file(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box")
        printed.feed(1, b"hello\n" * 1000, 1)
        printed.finish()
        assert list(tmp_path.iterdir()) == []

    def test_attributes_of_patterns(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box", {"backbone": r"model is (\w+)"})
        printed.feed(1, b"the model is resnet\n", 1)
        printed.finish()
        assert json.loads((tmp_path / OUTPUT_ATTRIBUTES_FILE).read_text()) == {"backbone": "resnet"}

    def test_too_much_is_skipped_and_told(self, tmp_path: Path) -> None:
        printed = OutputMetrics(str(tmp_path), "box")
        for _ in range(40):
            printed.feed(1, b"x: 1 " * 200_000 + b"\n", 1)
        printed.finish(0.2)
        assert "came too fast" in printed.notes()[0]


def test_reads_the_end_of_output_when_there_is_no_time_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_metrics, "LAST_SECONDS", 60.0)
    printed = OutputMetrics(str(tmp_path), "box")
    for i in range(20_000):
        printed.feed(1, f"step {i} loss: 0.5{i}\n".encode(), i)
    printed.feed(1, b"test_acc: 0.93\n", 10**6)
    printed.finish(seconds=0.0)
    assert printed.read_new(final=True).values[-1][0] == "test_acc"
    assert {value[0] for value in printed.read_new().values} <= {"loss", "test_acc"}  # and no halves of names
    [note] = printed.notes()
    assert "came too fast for metrics to be found in it: its end was read" in note


def test_output_that_comes_faster_than_it_is_read_does_not_fill_the_memory(tmp_path: Path) -> None:
    printed = OutputMetrics(str(tmp_path), "box")
    for _ in range(40):
        printed.feed(1, b"x" * (1 << 20), 1)
    printed.feed(1, b"\nacc: 0.5\n", 2)
    printed.finish(seconds=60.0)
    assert [value[0] for value in printed.read_new().values] == ["acc"]
    assert printed.notes()[0].startswith("26.2 MB of output came too fast")
