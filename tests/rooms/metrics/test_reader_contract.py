"""All readers of metric files pass the contract."""

import json
import tempfile
from pathlib import Path

from file_reader import FileReaderContract, encode_lines

from gage.metrics.tf_writer import EventWriter

SAMPLES = Path(__file__).parents[2] / "samples" / "trackers"
STEPS = range(12)


def make_event_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tfevents")
        writer = EventWriter(path)
        for step in STEPS:
            writer.add(step, 1e9 + step, {"loss": 1 / (step + 1), "lr": float("nan")})
        writer.close()
        return path.read_bytes()


class TestJsonLines(FileReaderContract):
    name = "train/metrics.jsonl"
    sample = encode_lines([json.dumps({"step": i, "loss": 1 / (i + 1), "é": i, "time": 1e9 + i}) for i in STEPS])


class TestJsonLinesWithoutSteps(FileReaderContract):
    name = "a.metrics.jsonl"
    sample = encode_lines(["{}", '{"loss": NaN}', '{"loss": -Infinity}', '{"summary": {"best": 3, "word": "x"}}'])


class TestCsv(FileReaderContract):
    name = "lightning_logs/version_0/metrics.csv"
    sample = encode_lines(["epoch,step,loss,val_loss", *(f"0,{i},{1 / (i + 1)}," for i in STEPS), "0,12,,0.25"])


class TestCsvWithCommasInNumbers(FileReaderContract):
    name = "log.csv"
    sample = encode_lines(["step;loss;acc", *(f"{i};0,{i + 1};1e-{i}" for i in STEPS)])


class TestSummary(FileReaderContract):
    name = "summary.json"
    sample = json.dumps({"loss": 0.5, "train": {"acc": 1}, "best": "b", "ok": True}).encode()


class TestTrainerState(FileReaderContract):
    name = "out/trainer_state.json"
    sample = json.dumps({"log_history": [{"step": i, "loss": 1 / (i + 1)} for i in STEPS]}).encode()


class TestWandb(FileReaderContract):
    name = "wandb/offline-run-1/run-1.wandb"
    sample = (SAMPLES / "offline.wandb").read_bytes()


class TestMlflow(FileReaderContract):
    name = "mlruns/0/232b23cf12134f70abc8880f603bcc28/metrics/val/my loss"
    sample = (SAMPLES / "mlflow-metric.txt").read_bytes()


class TestEvents(FileReaderContract):
    name = "logs/events.out.tfevents.1.box"
    sample = make_event_file()
