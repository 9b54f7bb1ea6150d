"""Log files of other tools, also growing and damaged ones."""

import json
import math
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.metrics import csv_jsonl, line_tail
from gage.metrics.protobuf import encode_varint
from gage.metrics.reader_api import FileReader, ReadResult, build_series_prefix
from gage.metrics.readers import find_reader

SAMPLES = Path(__file__).parents[2] / "samples" / "trackers"


def open_reader(folder: Path, name: str, text: str | bytes | None = None) -> FileReader:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reader = find_reader(str(path), name)
    assert reader is not None
    return reader


def list_points(result: ReadResult) -> list[tuple[str, int, float]]:
    return [(v.name, v.step, v.value) for v in result.values]


@pytest.mark.parametrize(
    ("folder", "prefix"),
    [
        ("", ""),
        ("runs", ""),
        ("runs/Nov23_14-11-00_box", ""),
        ("lightning_logs/version_0", ""),
        ("logs/train", "train/"),
        ("tb/20260101-120000/validation", "validation/"),
        ("a/b", "a/b/"),
        ("out/checkpoint-500", "out/"),
        ("saved/log/Net/1129_064541", "saved/Net/"),
        ("saved/Net_1129_064541", "saved/"),
        ("outputs/2026-11-29/06-48-20", ""),
        ("exp/1795424881", "exp/"),
        ("exp/3f2a91c", "exp/"),
        ("exp/run-0123456789abcdef0123456789abcdef", "exp/"),
        ("exp/01234567-89ab-cdef-0123-456789abcdef", "exp/"),
        ("decade/fold_1", "decade/fold_1/"),
        ("2026/12", "2026/12/"),
        ("net_1024_2048", "net_1024_2048/"),
        ("2020_2021", "2020_2021/"),
    ],
)
def test_directories_of_logs_add_no_prefix(folder: str, prefix: str) -> None:
    assert build_series_prefix(f"{folder}/file") == prefix


@pytest.mark.parametrize(
    "name", ["train.py", "model.pt", "data.bin", "notes.txt", "config.json", "wandb/x/files/a.jsonl"]
)
def test_other_files_have_no_reader(name: str) -> None:
    assert find_reader(f"/x/{name}", name) is None


class TestJsonLines:
    def test_reads_numbers_steps_and_times(self, tmp_path: Path) -> None:
        lines = [
            {"step": 1, "loss": 0.5, "time": 1795424881.5, "note": "x", "train": {"acc": 0.1}, "on": True},
            {"step": 2, "loss": float("nan"), "timestamp": "2026-11-23T09:08:01+00:00"},
        ]
        result = open_reader(tmp_path, "metrics.jsonl", "".join(json.dumps(x) + "\n" for x in lines)).read_new()
        assert list_points(result)[:2] == [("loss", 1, 0.5), ("train/acc", 1, 0.1)]
        assert math.isnan(result.values[2].value)
        assert [v.time for v in result.values] == [1795424881.5, 1795424881.5, 1795424881.0]

    def test_reads_new_lines(self, tmp_path: Path) -> None:
        log = open_reader(tmp_path, "train/log.jsonl", '{"loss": 3}\n{"lo')
        assert list_points(log.read_new()) == [("train/loss", 0, 3.0)]
        assert list_points(log.read_new()) == []
        with open(tmp_path / "train/log.jsonl", "a") as file:
            file.write('ss": 2}\n{"loss": 1}')
        assert list_points(log.read_new()) == [("train/loss", 1, 2.0)]
        assert list_points(log.read_new(final=True)) == [("train/loss", 2, 1.0)]

    def test_reads_a_replaced_file_again(self, tmp_path: Path) -> None:
        log = open_reader(tmp_path, "log.jsonl", '{"loss": 3}\n{"loss": 2}\n')
        log.read_new()
        (tmp_path / "log.jsonl").write_text('{"loss": 9}\n')
        result = log.read_new()
        assert result.replaces_all and list_points(result) == [("loss", 0, 9.0)]

    def test_skips_a_line_that_is_too_long(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(line_tail, "MAX_LINE_BYTES", 3 << 20)
        text = b'{"a": 1}\n{"a": "' + b"x" * (5 << 20)
        log = open_reader(tmp_path, "log.jsonl", text)
        result = log.read_new()
        assert list_points(result) == [("a", 0, 1.0)]
        assert result.notes == ["a line is longer than 3 MB"]
        with open(tmp_path / "log.jsonl", "ab") as file:
            file.write(b'y"}\n{"a": 2}\n{"a": 3}\n')
        assert list_points(log.read_new()) == [("a", 1, 2.0), ("a", 2, 3.0)]
        whole = open_reader(tmp_path, "log.jsonl").read_new(final=True)
        assert [value for _, _, value in list_points(whole)] == [1.0, 2.0, 3.0]

    def test_limits_the_number_of_series(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_jsonl, "MAX_SERIES", 5)
        text = "".join(json.dumps({f"n{i}": i}) + "\n" for i in range(9)) + '{"n0": 1}\n'
        result = open_reader(tmp_path, "log.jsonl", text).read_new()
        assert [v.name for v in result.values] == ["n0", "n1", "n2", "n3", "n4", "n0"]

    def test_ignores_data_without_steps(self, tmp_path: Path) -> None:
        assert list_points(open_reader(tmp_path, "answers.jsonl", '{"id": 1, "score": 0.5}\n').read_new()) == []
        assert list_points(open_reader(tmp_path, "answers2.jsonl", '{"step": 1, "score": 0.5}\n').read_new()) == [
            ("score", 1, 0.5)
        ]

    def test_notes_invalid_lines_once(self, tmp_path: Path) -> None:
        log = open_reader(tmp_path, "log.jsonl", b'nope\n[1]\n\xff\n{"loss": 1}\n' + b"[" * 100_000 + b"\n")
        result = log.read_new()
        assert list_points(result) == [("loss", 0, 1.0)]
        assert result.notes == ["a line is not a JSON object"]

    def test_accepts_huge_steps_and_numbers(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, "log.jsonl", '{"step": 1e300, "a": 1' + "0" * 400 + "}\n").read_new()
        assert [v.step for v in result.values] == [0, 0]

    @given(st.lists(st.binary(max_size=40)))
    def test_accepts_any_bytes(self, tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
        open_reader(tmp_path_factory.mktemp("any"), "log.jsonl", b"\n".join(lines)).read_new(final=True)


class TestCsv:
    def test_skips_blank_cells(self, tmp_path: Path) -> None:
        text = "epoch,step,train_loss,val_loss\n0,49,0.5,\n0,99,,0.6\n1,149,0.4,\n"
        result = open_reader(tmp_path, "lightning_logs/version_0/metrics.csv", text).read_new()
        assert [v for v in list_points(result) if v[0] != "epoch"] == [
            ("train_loss", 49, 0.5),
            ("val_loss", 99, 0.6),
            ("train_loss", 149, 0.4),
        ]

    def test_reads_epochs_of_keras(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, "history.csv", "epoch,accuracy,loss\n0,0.5,1e-3\n1,0.6,nan\n").read_new()
        assert list_points(result)[:2] == [("accuracy", 0, 0.5), ("loss", 0, 0.001)]
        assert math.isnan(result.values[3].value)

    def test_reads_a_file_for_each_series_of_dvclive(self, tmp_path: Path) -> None:
        result = open_reader(
            tmp_path, "dvclive/plots/metrics/train/loss.tsv", "step\tloss\n0\t1.0\n1\t0.5\n"
        ).read_new()
        assert list_points(result) == [("train/loss", 0, 1.0), ("train/loss", 1, 0.5)]

    def test_reads_decimal_commas(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, "log.csv", "step;loss\n1;0,5\n2;1.5\n").read_new()
        assert list_points(result) == [("loss", 1, 0.5), ("loss", 2, 1.5)]

    @pytest.mark.parametrize(
        "text",
        [
            "1,2,3\n4,5,6\n",
            "3,abc\n4,x\n",
            "name,age\nann,3\n",
            "step\n1\n",
            "",
            "\n\n",
            '"unclosed,step\n1,2\n',
            "\x00,step\n1,2\n",
        ],
    )
    def test_ignores_other_tables(self, tmp_path: Path, text: str) -> None:
        assert list_points(open_reader(tmp_path, "people.csv", text).read_new(final=True)) == []

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("step,loss\n,0.9\n1,0.5\n", [("loss", 0, 0.9), ("loss", 1, 0.5)]),
            ("epoch,loss\n0.5,1\n1.0,2\n1.5,3\n", [("loss", 0, 1), ("loss", 1, 2), ("loss", 1, 3)]),
            ("step,loss\nnan,0.9\n1,0.5\n", [("loss", 0, 0.9), ("loss", 1, 0.5)]),
            ("step,loss\nstart,1\n1,2\n", [("loss", 0, 1), ("loss", 1, 2)]),
            ("Epoch,Loss\n1/10,2\n2/10,3\n", [("Loss", 0, 2), ("Loss", 1, 3)]),
            ("step,loss\n99999999999999999999,1\n1e3,2\n", [("loss", 0, 1), ("loss", 1000, 2)]),
        ],
        ids=["blank", "fraction", "nan", "text", "ratio", "huge"],
    )
    def test_reads_tables_with_unusual_steps(
        self, tmp_path: Path, text: str, expected: list[tuple[str, int, float]]
    ) -> None:
        assert list_points(open_reader(tmp_path, "curve.csv", text).read_new(final=True)) == expected

    @pytest.mark.parametrize("name", ["data/prepared/train.csv", "datasets/eval.csv", "raw/metrics.csv"])
    def test_data_is_no_log(self, tmp_path: Path, name: str) -> None:
        assert list_points(open_reader(tmp_path, name, "height,weight\n1.5,60\n").read_new(final=True)) == []

    def test_same_columns_in_two_files_do_not_mix(self, tmp_path: Path) -> None:
        learn = open_reader(tmp_path, "out/learn_error.tsv", "iter\tLogloss\n0\t0.5\n1\t0.4\n")
        assert list_points(learn.read_new()) == [("out/Logloss", 0, 0.5), ("out/Logloss", 1, 0.4)]
        test = open_reader(tmp_path, "out/test_error.tsv", "iter\tLogloss\n0\t0.6\n")
        open_reader(tmp_path, "out/time_left.tsv", "iter\tPassed\tRemaining\n0\t1\t2\n")
        assert list_points(test.read_new()) == [("out/test_error/Logloss", 0, 0.6)]
        result = learn.read_new(final=True)
        assert result.replaces_all
        assert list_points(result) == [("out/learn_error/Logloss", 0, 0.5), ("out/learn_error/Logloss", 1, 0.4)]
        assert not learn.read_new(final=True).replaces_all

    def test_a_name_in_two_tables_does_not_mix(self, tmp_path: Path) -> None:
        train = open_reader(tmp_path, "train.csv", "step,loss\n0,0.5\n")
        open_reader(tmp_path, "eval.jsonl", '{"epoch": 1, "loss": 0.7, "acc": 0.5}\n')
        open_reader(tmp_path, "time.csv", "step,seconds\n0,0.5\n")
        assert list_points(train.read_new()) == [("train/loss", 0, 0.5)]

    def test_times_are_no_metrics(self, tmp_path: Path) -> None:
        text = "iter\tPassed\tRemaining\n0\t1\t2\n"
        assert list_points(open_reader(tmp_path, "time_left.tsv", text).read_new(final=True)) == []

    def test_skips_rows_with_other_columns(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, "log.csv", "\ufeffstep,loss\r\n1\r\n2,0.5,9\r\nx,y\r\n3,0.25\r\n").read_new()
        assert list_points(result) == [("loss", 3, 0.25)]


class TestJsonFiles:
    @pytest.mark.parametrize(
        "text",
        [
            '{"speed": {"value": 1.12}, "note": {"value": "hi"}}',
            '{"metrics": {"speed": {"value": 1.12, "step": 3}}, "attributes": {"note": {"value": "hi"}}}',
        ],
    )
    def test_reads_values_in_objects_of_gage_0_1(self, tmp_path: Path, text: str) -> None:
        result = open_reader(tmp_path, "summary.json", text).read_new()
        assert (result.numbers, result.attributes) == ({"speed": 1.12}, {"note": "hi"})

    def test_media_in_a_summary_of_wandb_are_no_metrics(self, tmp_path: Path) -> None:
        text = '{"loss": 0.5, "_step": 3, "Data": {"_type": "plotly-file", "size": 8912}}'
        result = open_reader(tmp_path, "wandb/run-20260101_120000-x/files/wandb-summary.json", text).read_new()
        assert result.numbers == {"loss": 0.5}

    def test_reads_a_summary_of_gage_0_1(self, tmp_path: Path) -> None:
        text = '{"metrics": {"loss": 0.34}, "attributes": {"opt": "sgd", "sizes": [1, 2]}}'
        result = open_reader(tmp_path, "summary.json", text).read_new()
        assert result.numbers == {"loss": 0.34}
        assert result.attributes == {"opt": "sgd", "sizes": "[1, 2]"}
        assert result.replaces_all

    def test_reads_a_flat_summary(self, tmp_path: Path) -> None:
        result = open_reader(
            tmp_path, "metrics.json", '{"step": 4, "acc": 1, "train": {"loss": 2}, "best": "b", "ok": true}'
        ).read_new()
        assert result.numbers == {"acc": 1.0, "train/loss": 2.0}
        assert result.attributes == {"best": "b", "ok": True}

    def test_reads_a_file_only_when_it_changed(self, tmp_path: Path) -> None:
        summary = open_reader(tmp_path, "summary.json", '{"a": 1}')
        assert summary.read_new().numbers == {"a": 1.0}
        assert summary.read_new() == ReadResult()
        (tmp_path / "summary.json").write_text('{"a": 2, "b": 3}')
        assert summary.read_new().numbers == {"a": 2.0, "b": 3.0}

    def test_waits_for_a_half_written_file(self, tmp_path: Path) -> None:
        summary = open_reader(tmp_path, "summary.json", '{"a": ')
        assert summary.read_new() == ReadResult()
        assert summary.read_new(final=True).notes == ["not valid JSON"]

    def test_reads_trainer_state_of_hugging_face(self, tmp_path: Path) -> None:
        state = {
            "log_history": [{"step": 10, "loss": 0.5, "epoch": 0.1}, {"step": 20, "eval_loss": 0.4}],
            "max_steps": 3,
        }
        result = open_reader(tmp_path, "out/checkpoint-20/trainer_state.json", json.dumps(state)).read_new()
        assert list_points(result) == [("out/loss", 10, 0.5), ("out/epoch", 10, 0.1), ("out/eval_loss", 20, 0.4)]

    def test_reads_attributes(self, tmp_path: Path) -> None:
        assert open_reader(tmp_path, "x.attrs", '{"backbone": "resnet"}').read_new().attributes == {
            "backbone": "resnet"
        }


class TestWandb:
    def test_reads_an_offline_log(self, tmp_path: Path) -> None:
        shutil.copy(SAMPLES / "offline.wandb", tmp_path / "run-1.wandb")
        result = open_reader(tmp_path, "run-1.wandb").read_new()
        assert [v for v in list_points(result) if v[0] == "loss"] == [("loss", i, 1 / (i + 1)) for i in range(20)]
        assert result.values[0].time == pytest.approx(1795443331.77, abs=1)
        assert result.numbers["best"] == 0.05

    def test_reads_a_log_that_grows_in_any_pieces(self, tmp_path: Path) -> None:
        data = (SAMPLES / "offline.wandb").read_bytes()
        path = tmp_path / "wandb/offline-run-1/run-1.wandb"
        log = open_reader(tmp_path, "wandb/offline-run-1/run-1.wandb", b"")
        points = []
        for end in (3, 7, 10, 500, 501, 2000, len(data)):
            path.write_bytes(data[:end])
            points += list_points(log.read_new())
        assert len([v for v in points if v[0] == "loss"]) == 20

    def test_skips_only_damaged_records(self, tmp_path: Path) -> None:
        data = bytearray((SAMPLES / "offline.wandb").read_bytes())
        data[400] ^= 0xFF
        result = open_reader(tmp_path, "run-1.wandb", bytes(data)).read_new()
        assert result.notes == ["a record has a wrong checksum"]
        assert len([v for v in list_points(result) if v[0] == "loss"]) >= 19

    def test_reads_records_across_blocks(self, tmp_path: Path) -> None:
        item = b"\x0a\x01a\x82\x01\x03" + b"1.5"  # key (1) "a", value_json (16) "1.5"
        big = b"\x0a\x01b\x82\x01" + encode_varint(70_002) + b'"' + b"x" * 70_000 + b'"'
        history = b"".join(b"\x0a" + encode_varint(len(i)) + i for i in (big, item))
        record = b"\x12" + encode_varint(len(history)) + history
        assert list_points(open_reader(tmp_path, "a.wandb", frame_records(record)).read_new()) == [("a", 0, 1.5)]

    def test_skips_the_rest_of_a_block_and_items_that_are_not_json(self, tmp_path: Path) -> None:
        items = (b"\x0a\x01b\x82\x01\x01{", b"\x0a\x01a\x82\x01\x03" + b"1.5")
        history = b"".join(b"\x0a" + encode_varint(len(item)) + item for item in items)
        first = b"\x3a" + encode_varint(32_747) + bytes(32_747)  # three bytes are left in the block
        data = frame_records(first, b"\x12" + encode_varint(len(history)) + history)
        assert list_points(open_reader(tmp_path, "a.wandb", data).read_new()) == [("a", 0, 1.5)]

    def test_replaces_an_impossible_step(self, tmp_path: Path) -> None:
        item = b"\x0a\x01a\x82\x01\x03" + b"1.5"
        step = b"\x12\x0b\x08" + encode_varint((1 << 64) - 1)
        history = b"\x0a" + encode_varint(len(item)) + item + step
        record = b"\x12" + encode_varint(len(history)) + history
        assert list_points(open_reader(tmp_path, "a.wandb", frame_records(record)).read_new()) == [("a", 0, 1.5)]

    def test_skips_a_huge_record(self, tmp_path: Path) -> None:
        item = b"\x0a\x01a\x82\x01\x03" + b"1.5"
        history = b"\x0a" + encode_varint(len(item)) + item
        small = b"\x12" + encode_varint(len(history)) + history
        data = frame_records(bytes(70 << 20), small)
        result = open_reader(tmp_path, "a.wandb", data).read_new()
        assert (list_points(result), result.notes) == ([("a", 0, 1.5)], ["a record is longer than 64 MB"])

    @pytest.mark.parametrize("data", [b"", b":W&", b"something else", b":W&B\xe1\xbe\x00" + b"\x07" * 50_000])
    def test_ignores_other_files(self, tmp_path: Path, data: bytes) -> None:
        assert list_points(open_reader(tmp_path, "a.wandb", data).read_new(final=True)) == []

    @given(st.binary(max_size=200))
    def test_accepts_any_record(self, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
        open_reader(tmp_path_factory.mktemp("any"), "a.wandb", frame_records(data)).read_new(final=True)


def frame_records(*records: bytes) -> bytes:
    data = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        offset = 0
        while not offset or offset < len(record):
            left = 32768 - len(data) % 32768
            if left < 7:
                data += bytes(left)
                continue
            piece = record[offset : offset + left - 7]
            is_last = offset + len(piece) >= len(record)
            kind = (1 if is_last else 2) if not offset else (4 if is_last else 3)
            data += struct.pack("<IHB", zlib.crc32(bytes((kind,)) + piece), len(piece), kind) + piece
            offset += len(piece) or 1
    return bytes(data)


class TestMlflow:
    NAME = "mlruns/0/232b23cf12134f70abc8880f603bcc28/metrics/val/my loss"

    def test_reads_a_metric_file(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, self.NAME, (SAMPLES / "mlflow-metric.txt").read_bytes()).read_new()
        assert list_points(result) == [("val/my loss", i, 1 / (i + 1)) for i in range(5)]
        assert result.values[0].time == pytest.approx(1795443351.641)

    def test_notes_invalid_lines(self, tmp_path: Path) -> None:
        result = open_reader(tmp_path, self.NAME, "1500000000000 0.5\nx y z\n1500000000001 nan 3 d1 x\n").read_new()
        assert [v.step for v in result.values] == [0, 3]
        assert result.notes == ["a line is not a value"]
