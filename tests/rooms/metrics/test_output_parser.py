"""Metrics in lines that programs print."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.metrics.name_values import find_pairs
from gage.metrics.output_parser import MAX_SERIES, LineValues, OutputParser


def read(*lines: str, patterns: dict[str, str] | None = None) -> list[tuple[str, int, float]]:
    reader = OutputParser(patterns)
    return [tuple(point) for line in lines for point in reader.parse_line(line).points]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("loss: 0.12", {"loss": 0.12}),
        ("    loss = .5", {"loss": 0.5}),
        ("epoch=3 acc=0.9", {"acc": 0.9}),
        ("Epoch 3/10 - loss: 0.5", {"loss": 0.5}),
        ("loss=0.5,acc=0.9;f1:1E-3", {"loss": 0.5, "acc": 0.9, "f1": 0.001}),
        ("val loss: 0.5 grad norm = -inf", {"val_loss": 0.5, "grad_norm": -math.inf}),
        ("best accuracy is 0.93", {"best_accuracy": 0.93}),
        ("step 0: train loss 4.28, val loss 4.27", {"train_loss": 4.28, "val_loss": 4.27}),
        ("[val] loss: 0.3", {"val_loss": 0.3}),
        ("Validation: loss=0.3 acc=0.8", {"validation_loss": 0.3, "validation_acc": 0.8}),
        ("Test set: Average loss: 0.05, Accuracy: 9843/10000 (98%)", {"Average_loss": 0.05, "Accuracy": 0.9843}),
        ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.3", {"Loss": 2.3}),
        ("[0]\ttrain-rmse:0.5\teval-rmse:0.6", {"train-rmse": 0.5, "eval-rmse": 0.6}),
        ("[10]\tvalid_0's l2: 0.5", {"valid_0_l2": 0.5}),
        ("0:\tlearn: 0.6\ttotal: 5ms\tremaining: 1s", {"learn": 0.6}),
        ("|    ep_rew_mean        | 21.5     |", {"ep_rew_mean": 21.5}),
        ("Iteration 1, loss = 2.3", {"loss": 2.3}),
        ("2026-01-01 12:00:00,123 - INFO - train loss: 0.5", {"train_loss": 0.5}),
        ("INFO:root:loss=0.5", {"loss": 0.5}),
        ("loss: tensor(2.3051, device='cuda:0', grad_fn=<NllLossBackward0>)", {"loss": 2.3051}),
        ("loss: np.float64(0.25)", {"loss": 0.25}),
        ("loss: 0,512", {"loss": 0.512}),
        ("params: 1,234,567", {"params": 1234567}),
        ("accuracy: 98.4%", {"accuracy": 98.4}),
        ("\x1b[32mloss\x1b[0m: \x1b[1m0.5\x1b[0m", {"loss": 0.5}),
        ('"loss": 0.5,', {"loss": 0.5}),
        ("mean reward: 21.5 +/- 3.2", {"mean_reward": 21.5}),
        ("train: loss=1 acc=2; val: loss=3", {"train_loss": 1, "train_acc": 2, "val_loss": 3}),
        ("loss -> 0.5", {"loss": 0.5}),
        ("The final accuracy was 93.5%", {"final_accuracy": 93.5}),
        (" * Acc@1 71.5 Acc@5 90.2", {"Acc@1": 71.5, "Acc@5": 90.2}),
        ("learning rate is 0.001", {"learning_rate": 0.001}),
        ("epoch 001:    100 / 1101 loss=12.5, ppl=2900.1, wps=1200", {"loss": 12.5, "ppl": 2900.1, "wps": 1200}),
        ("eta: 0:12:30  iter: 19  total_loss: 1.2  time: 0.5  lr: 0.0005", {"total_loss": 1.2, "lr": 0.0005}),
        ('{"step": 10, "loss": 0.5, "train": {"acc": 0.9}, "ok": true}', {"loss": 0.5, "train/acc": 0.9}),
        ("12:00 INFO {'loss': '0.69', 'lr': 5e-05, 'epoch': 0.5}", {"loss": 0.69, "lr": 5e-05, "epoch": 0.5}),
        ("{'loss': np.float32(0.5), 'n': 3}", {"loss": 0.5, "n": 3}),
    ],
)
def test_finds_values_in_a_line(line: str, expected: dict[str, float]) -> None:
    assert {name: value for name, _, value in read(line)} == expected


def test_reads_nan() -> None:
    assert math.isnan(read("loss: nan")[0][2])
    assert math.isnan(read("{'loss': nan}")[0][2])
    assert math.isnan(read('{"loss": NaN}')[0][2])


@pytest.mark.parametrize(
    "line",
    [
        "torch version: 2.1.0",
        "torch: 2.1.0",
        "Python 3.11.7",
        "time: 0.5s",
        "took: 12.5 s",
        "eta: 0:12:33",
        "elapsed: 12",
        "12:30:15",
        "progress: 50%",
        " 50%|█████     | 50/100 [00:01<00:01, 49.5it/s]",
        "http://localhost:8080",
        "Listening on port: 8080",
        "cuda:0",
        "Linear(in_features=784, out_features=10, bias=True)",
        "Namespace(batch_size=64, epochs=10, lr=0.1)",
        "IndexError: 3",
        '  File "x.py", line 3, in <module>',
        "GPU memory: 5GB used: 5.5 GB",
        "2026-01-01 12:00:00,123",
        "status: info",
        "betas: (0.9, 0.99)",
        "Epoch 1/3",
        "",
        "no numbers here: none",
        "loss: 0.5,0.4,0.3",
        "tokens per iteration will be: 16,384",
        "Epoch 2: val_loss improved from 0.5 to 0.4, saving model to x.h5",
        "got 3 errors",
    ],
)
def test_ignores_other_lines(line: str) -> None:
    assert read(line) == []


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        (("loss: 3", "loss: 2", "loss: 1"), [0, 1, 2]),
        (("Epoch 1/3", "loss: 0.5", "Epoch 2/3", "loss: 0.4"), [1, 2]),
        (("epoch=3 loss=1", "epoch=4 loss=1"), [3, 4]),
        (("step 100 loss 1.0", "global_step: 200 loss: 1.0"), [100, 200]),
        (("Epoch 1, step 10/600, loss: 1", "Epoch 2, step 10/600, loss: 1"), [10, 610]),
        (("Epoch 1 step 0 loss: 1", "Epoch 1 step 5 loss: 1", "Epoch 2 step 0 loss: 1"), [0, 5, 10]),
        (("[1,  2000] loss: 2.2", "[1,  4000] loss: 2.1", "[2,  2000] loss: 2.0"), [2000, 4000, 6000]),
        (("[3/10] loss: 1", "[4/10] loss: 1"), [3, 4]),
        (("Epoch 1", "loss: 3", "loss: 2", "Epoch 2", "loss: 1"), [1, 2, 3]),
        (('{"step": 7, "loss": 1}', "val_loss: 2"), [7, 7]),
        (("{'loss': 1, 'epoch': 0.5}", "{'loss': 1, 'epoch': 1.0}"), [0, 0, 1, 1]),
        (("5/10 [=====>....] - loss: 9", "10/10 [=====] - loss: 1"), [5, 10]),
        (("Epoch 1/2", "5/10 [=====>....] - loss: 9", "10/10 [=====] - loss: 1"), [1]),
        (("9/10 [==] - loss: 1", "10/10 [==] - loss: 1", "5/10 [==] - loss: 1"), [9, 10, 15]),
        (("Epoch: [1][ 10/50]\tLoss 6.9 (6.95)", "Epoch: [2][ 10/50]\tLoss 5"), [10, 60]),
        (("Epoch 1.5 loss: 1",), [0]),
        (("2ms/step - loss: 1",), [0]),
    ],
)
def test_finds_steps(lines: tuple[str, ...], steps: list[int]) -> None:
    assert [step for _, step, _ in read(*lines)] == steps


def test_ignores_a_progress_bar_that_is_drawn_again() -> None:
    bar = "Epoch 1: 100%|██| 2/2 [00:01<00:00, 2it/s, loss=0.5"
    assert read(f"{bar}]", f"{bar}]", f"{bar}, val_loss=0.25]") == [("loss", 1, 0.5), ("val_loss", 1, 0.25)]
    assert len(read("loss: 1", "loss: 1")) == 2


def test_reads_tables_with_a_row_for_each_epoch() -> None:
    fastai = (
        "epoch     train_loss  valid_loss  time",
        "0         0.14        0.09        00:12",
        "1   0.1  0.08  00:12",
    )
    assert read(*fastai) == [
        ("train_loss", 0, 0.14),
        ("valid_loss", 0, 0.09),
        ("train_loss", 1, 0.1),
        ("valid_loss", 1, 0.08),
    ]
    skorch = (
        "  epoch    train_loss    dur",
        "-------  ------------  -----",
        "      1        \x1b[36m0.6905\x1b[0m  0.05",
    )
    assert read(*skorch) == [("train_loss", 1, 0.6905)]
    yolo = ("  Epoch  GPU_mem  box_loss  Size", "  2/3   2.1G   1.21   640: 100%|███| 8/8 [00:02<00:00]")
    assert read(*yolo) == [("box_loss", 2, 1.21)]


def test_patterns_find_values_and_attributes() -> None:
    reader = OutputParser({"score": r"Score >> (\S+)", "0": r"^(\w+): (\w+)$", "1": r"(?P<step>\d+)\) (?P<loss>\S+)"})
    assert reader.parse_line("Score >> 3.5").points == (("score", 0, 3.5),)
    assert reader.parse_line("backbone: resnet") == LineValues((), {"backbone": "resnet"})
    assert reader.parse_line("12) 0.25").points == (("loss", 12, 0.25),)
    assert reader.parse_line("loss=0.5") == LineValues()


def test_disables_a_slow_pattern() -> None:
    reader = OutputParser({"a": r"(a+)+$"})
    assert reader.parse_line("a" * 3000 + "!") == LineValues()
    assert reader.parse_line("aaa") == LineValues()
    assert len(reader.notes) == 1 and "took too long" in reader.notes[0]


def test_limits_the_number_of_series() -> None:
    reader = OutputParser()
    names = {p.name for i in range(MAX_SERIES + 500) for p in reader.parse_line(f"n{i}: 1").points}
    assert len(names) == MAX_SERIES
    assert len(reader.notes) == 1
    assert reader.parse_line("n5: 2").points


@given(st.text(alphabet=st.sampled_from("loss:= 0.5,epochEnaif{}[]()'\"/|%-+\t1e9_"), max_size=80))
def test_accepts_any_line(line: str) -> None:
    reader = OutputParser()
    for point in (*reader.parse_line(line).points, *reader.parse_line(line).points):
        assert isinstance(point.step, int) and isinstance(point.value, float)


@given(st.text(max_size=200))
def test_names_have_no_spaces(line: str) -> None:
    for name, value in find_pairs(line):
        assert name and " " not in name
        assert isinstance(value, float)


CONFIG = {"lr": 0.1, "epochs": 5, "batch-size": 64, "width": 3, "flag": True, "name": "x"}


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ('{"lr": 0.1, "epochs": 5, "batch_size": 64, "steps_per_run": 320}', []),
        ("{'lr': 0.1, 'epochs': 5, 'warm': 3}", []),
        ("lr: 0.1", []),
        ("lr=0.1, batch_size=64, width=3, total=320", []),
        ("lr=0.1, batch_size=64, loss=0.3", ["loss"]),
        ("lr: 0.2", ["lr"]),
        ("lr: 0.1, loss: 0.3", ["lr", "loss"]),
        ("lr: 0.1, width: 4, loss: 0.3", ["lr", "width", "loss"]),
        ("step 3 lr: 0.1", ["lr"]),
        ('{"step": 3, "lr": 0.1}', ["lr"]),
        ("flag: 1.0", ["flag"]),
    ],
)
def test_ignores_config_printed_at_the_start(line: str, left: list[str]) -> None:
    assert [p.name for p in OutputParser(config=CONFIG).parse_line(line).points] == left


def test_reads_config_names_after_the_first_step() -> None:
    reader = OutputParser(config=CONFIG)
    reader.parse_line("epoch 1: loss 0.3")
    assert [p.name for p in reader.parse_line("lr: 0.1").points] == ["lr"]
