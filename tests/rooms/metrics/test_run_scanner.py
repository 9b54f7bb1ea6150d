"""The statistics of a run's files and output, scan by scan."""

import json
import math
import os
from pathlib import Path

import pytest

from gage.metrics import output_metrics
from gage.metrics.metrics_json import build_metrics_content, shorten_float
from gage.metrics.output_metrics import OutputMetrics
from gage.metrics.output_queue import OutputQueue
from gage.metrics.run_directory import OUTPUT_ATTRIBUTES_FILE, OUTPUT_EVENTS_SUFFIX
from gage.metrics.run_scanner import RunScanner
from gage.metrics.series import read_run_series
from gage.metrics.series_types import SeriesBuilder
from gage.metrics.summary_stats import compute_stats
from gage.metrics.tf_writer import EventWriter
from gage.store.meta_writer import encode_json
from gage.types.values import as_table


def make_scanner(folder: Path, skipped: tuple[str, ...] = ()) -> RunScanner:
    return RunScanner(str(folder), lambda path: path in skipped)


def list_last_values(scanner: RunScanner) -> dict[str, float]:
    return {name: shorten_float(r.last.value) for name, r in scanner.series_stats().items()}


def test_finds_new_files_and_lines(tmp_path: Path) -> None:
    scanner = make_scanner(tmp_path)
    assert not scanner.scan()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/train.jsonl").write_text('{"loss": 3}\n')
    assert scanner.scan()
    assert list_last_values(scanner) == {"loss": 3.0}
    assert not scanner.scan()
    with open(tmp_path / "logs/train.jsonl", "a") as file:
        file.write('{"loss": 1}\n{"loss": 2}\n')
    assert scanner.scan()
    loss = scanner.series_stats()["loss"]
    assert (loss.first.value, loss.last.value, loss.min and loss.min.value, loss.point_count) == (3.0, 2.0, 1.0, 3)


def test_joins_the_files_of_a_restarted_job(tmp_path: Path) -> None:
    for time, values in ((1000000001, (3.0, 2.0)), (1000000002, (2.5, 1.0))):
        writer = EventWriter(tmp_path / f"events.out.tfevents.{time}.box")
        for step, value in enumerate(values):
            writer.add(step, float(time), {"loss": value})
        writer.close()
    scanner = make_scanner(tmp_path)
    scanner.scan()
    loss = scanner.series_stats()["loss"]
    assert (loss.first.value, loss.last.value, loss.point_count) == (3.0, 1.0, 4)


def test_files_override_output(tmp_path: Path) -> None:
    for name, value in (
        (f"events.out.tfevents.1.box{OUTPUT_EVENTS_SUFFIX}", 1.0),
        ("sub/events.out.tfevents.1.box", 2.0),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        writer = EventWriter(tmp_path / name)
        writer.add(1, 1.0, {"loss": value, f"only{value:g}": value})
        writer.close()
    scanner = make_scanner(tmp_path)
    scanner.scan()
    assert list_last_values(scanner) == {"loss": 1.0, "only1": 1.0, "sub/loss": 2.0, "sub/only2": 2.0}
    (tmp_path / "metrics.jsonl").write_text('{"loss": 9}\n')
    scanner.scan()
    assert list_last_values(scanner)["loss"] == 9.0


def test_rewritten_file_replaces_its_values(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"a": 1, "opt": "sgd"}')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    assert (scanner.numbers(), scanner.attributes()) == ({"a": 1.0}, {"opt": "sgd"})
    (tmp_path / "summary.json").write_text('{"bb": 2}')
    scanner.scan()
    assert (scanner.numbers(), scanner.attributes()) == ({"bb": 2.0}, {})


def test_ignores_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text('{"a": 1}')
    scanner = make_scanner(tmp_path, ("metrics.json",))
    scanner.scan()
    assert scanner.numbers() == {}


def test_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else/metrics.json").write_text('{"a": 1}')
    (tmp_path / "run").mkdir()
    os.symlink(tmp_path / "else", tmp_path / "run/folder")
    os.symlink(tmp_path / "else/metrics.json", tmp_path / "run/metrics.json")
    os.symlink(tmp_path / "run", tmp_path / "run/round")
    scanner = make_scanner(tmp_path / "run")
    scanner.scan(final=True)
    assert scanner.numbers() == {}


def test_notes_unreadable_files_once(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text("{")
    (tmp_path / "events.out.tfevents.1.x").write_bytes(b"\x07" * 100)
    scanner = make_scanner(tmp_path)
    scanner.scan()
    scanner.scan(final=True)
    assert [note.partition(":")[0] for note in scanner.notes] == ["events.out.tfevents.1.x", "metrics.json"]


def test_keeps_values_of_a_deleted_file(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text('{"a": 1}')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    (tmp_path / "metrics.json").unlink()
    scanner.scan(final=True)
    assert scanner.numbers() == {"a": 1.0}


def test_reads_ten_thousand_series(tmp_path: Path) -> None:
    record = {"step": 1, **{f"layer{i}/norm": i / 2 for i in range(9999)}}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n" + json.dumps(record) + "\n")
    scanner = make_scanner(tmp_path)
    scanner.scan()
    rendered = build_metrics_content(scanner.series_stats(), {})
    assert len(rendered) == 9999
    assert rendered["layer9998/norm"]["count"] == 2  # type: ignore[index, call-overload]


def test_accepts_clocks_and_steps_that_go_back(tmp_path: Path) -> None:
    for step, time in ((5, 2e9), (6, 1e9), (1, 3e9)):
        with open(tmp_path / "log.jsonl", "a") as file:
            file.write(json.dumps({"step": step, "time": time, "loss": step}) + "\n")
    scanner = make_scanner(tmp_path)
    scanner.scan()
    loss = scanner.series_stats()["loss"]
    assert (loss.first.step, loss.last.step, loss.last.time, loss.point_count) == (5, 1, 3e9, 3)


def test_writes_non_finite_values_as_text(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"step": 1, "a": NaN}\n{"step": 2, "a": Infinity}\n')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    rendered = json.loads(encode_json(build_metrics_content(scanner.series_stats(), {"b": 2.0})))
    assert rendered["b"] == {"count": 1, "last": {"value": 2.0}}
    a = rendered["a"]
    assert isinstance(a, dict)
    assert (a["count"], a["last"]["value"], "min" in a) == (2, "Infinity", False)


def test_a_final_number_with_the_name_of_a_series_is_its_last_value() -> None:
    points = SeriesBuilder()
    for step, value in enumerate((0.25, 0.5, 0.75)):
        points.add(step, 0.0, value)
    stats = compute_stats(points.series())
    assert stats is not None
    content = build_metrics_content({"acc": stats}, {"acc": 0.99})["acc"]
    assert content == {
        "count": 4,
        "last": {"value": 0.99, "step": 2},
        "first": {"value": 0.25, "step": 0},
        "min": {"value": 0.25, "step": 0},
        "max": {"value": 0.99, "step": 2},
        "mean": pytest.approx(0.6225),
    }
    assert (
        build_metrics_content({"acc": stats}, {"acc": 0.75})["acc"] == build_metrics_content({"acc": stats}, {})["acc"]
    )
    assert as_table(build_metrics_content({"acc": stats}, {"acc": math.nan})["acc"])["count"] == 4


def test_gives_the_main_metrics_a_rank(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"loss": 0.5, "acc": 1.0}\n')
    scanner = make_scanner(tmp_path)
    scanner.scan()
    content = build_metrics_content(scanner.series_stats(), {"best": 1.5}, ["best", "loss"])
    assert {name: entry.get("rank") for name, entry in content.items()} == {"acc": None, "loss": 2, "best": 1}  # type: ignore[union-attr]


def test_shortens_four_byte_floats() -> None:
    assert shorten_float(0.10000000149011612) == 0.1
    assert shorten_float(0.1) == 0.1
    assert shorten_float(1 / 3) == 1 / 3
    assert shorten_float(16777216.0) == 16777216.0
    assert shorten_float(1e300) == 1e300
    assert math.isnan(shorten_float(math.nan))


class TestOutputMetrics:
    def test_writes_an_event_file(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
        for piece in (b"Epoch 1/2\nlo", b"ss: 0.5\r", b"loss: 0.4\nEpoch 2/2\n", b"loss: 0.3"):
            output.queue.put(1, piece, 1_795_000_000_000_000)
        assert output.parse_waiting()
        output.finish()
        assert [p.name for p in tmp_path.iterdir()] == [f"events.out.tfevents.1795000000.box{OUTPUT_EVENTS_SUFFIX}"]
        scanner = make_scanner(tmp_path)
        scanner.scan()
        assert scanner.series_stats()["loss"].point_count == 3
        assert list_last_values(scanner) == {"loss": 0.3}

    def test_separates_streams(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
        output.queue.put(1, b"loss: 0.", 1)
        output.queue.put(2, b"error 5\n", 1)
        output.queue.put(1, b"25\n", 1)
        output.finish()
        scanner = make_scanner(tmp_path)
        scanner.scan()
        assert list_last_values(scanner) == {"loss": 0.25}

    def test_reads_a_table_header_in_its_own_piece(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
        for line in (
            "epoch     train_loss  valid_loss\n",
            "0         0.5         0.25\n",
            "│ Epoch │ acc │\n",
            "│ 1 │ 0.75 │\n",
        ):
            output.queue.put(1, line.encode(), 1)
        output.finish()
        scanner = make_scanner(tmp_path)
        scanner.scan()
        assert list_last_values(scanner) == {"train_loss": 0.5, "valid_loss": 0.25, "acc": 0.75}

    def test_writes_no_file_without_metrics(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
        output.queue.put(1, b"hello\n" * 1000, 1)
        output.finish()
        assert list(tmp_path.iterdir()) == []

    def test_writes_attributes_of_patterns(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box", {"backbone": r"model is (\w+)"})
        output.queue.put(1, b"the model is resnet\n", 1)
        output.finish()
        assert json.loads((tmp_path / OUTPUT_ATTRIBUTES_FILE).read_text()) == {"backbone": "resnet"}

    def test_skips_output_that_comes_too_fast(self, tmp_path: Path) -> None:
        output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
        for _ in range(40):
            output.queue.put(1, b"x: 1 " * 200_000 + b"\n", 1)
        output.finish(0.2)
        assert "came too fast" in output.notes()[0]


def test_reads_the_end_of_output_when_there_is_no_time_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_metrics, "LAST_SECONDS", 60.0)
    output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
    for i in range(20_000):
        output.queue.put(1, f"step {i} loss: 0.5{i}\n".encode(), i)
    output.queue.put(1, b"test_acc: 0.93\n", 10**6)
    output.finish(seconds=0.0)
    assert output.read_new(final=True).values[-1][0] == "test_acc"
    assert {value[0] for value in output.read_new().values} <= {"loss", "test_acc"}  # and no halves of names
    [note] = output.notes()
    assert "came too fast to be searched for metrics: its end was read" in note


def test_limits_the_memory_for_waiting_output(tmp_path: Path) -> None:
    output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
    for _ in range(40):
        output.queue.put(1, b"x" * (1 << 20), 1)
    output.queue.put(1, b"\nacc: 0.5\n", 2)
    output.finish(seconds=60.0)
    assert [value[0] for value in output.read_new().values] == ["acc"]
    assert output.notes()[0].startswith("26.2 MB of output came too fast")


def test_a_metric_that_is_printed_and_logged_is_one(tmp_path: Path) -> None:
    output = OutputMetrics(OutputQueue(), str(tmp_path), "box")
    output.queue.put(1, b"epoch 1 loss: 0.512 val loss: 0.9\nepoch 2 loss: 0.312 val loss: 0.8\n", 5)
    output.finish()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "log.csv").write_text("epoch,loss,val_loss\n1,0.51234,0.7\n2,0.31234,0.6\n")
    scanner = make_scanner(tmp_path)
    scanner.scan(final=True)
    assert list_last_values(scanner) == {"out/loss": 0.31234, "out/val_loss": 0.6, "val_loss": 0.8}
    assert read_run_series(tmp_path, None, final=True).names() == ["val_loss", "out/loss", "out/val_loss"]


def test_the_bar_of_a_validation_does_not_end_the_bar_of_its_epoch(tmp_path: Path) -> None:
    queue = OutputQueue()
    output = OutputMetrics(queue, str(tmp_path), "box")
    for epoch, stale, new in ((1, 0.9, 0.8), (2, 0.8, 0.7)):
        queue.put(1, f"\rEpoch {epoch}: 100%|██| 5/5 [00:01<00:00, val_loss={stale}]".encode(), 5)
        queue.put(1, "\rValidation: 100%|██| 2/2 [00:01<00:00, 9.1it/s]".encode(), 5)
        queue.put(1, f"\rEpoch {epoch}: 100%|██| 5/5 [00:02<00:00, val_loss={new}]".encode(), 6)
    output.finish()
    assert [(v.step, v.value) for v in output.read_new().values] == [(1, 0.8), (2, 0.7)]


def test_a_step_of_a_line_that_is_drawn_again_counts_once(tmp_path: Path) -> None:
    queue = OutputQueue()
    output = OutputMetrics(queue, str(tmp_path), "box")
    for epoch in range(3):
        for step in range(4):
            queue.put(1, f"\repoch {epoch} {step + 1}/4 loss: {1 / (epoch + step + 1):.2f}".encode(), 5)
        queue.put(1, b"\n", 5)
    queue.put(1, b"foo: 0.5\r\n", 6)
    output.finish()
    assert [(v.name, v.step, v.value) for v in output.read_new().values] == [
        ("loss", 0, 0.25),
        ("loss", 1, 0.2),
        ("loss", 2, 0.17),
        ("foo", 2, 0.5),
    ]
