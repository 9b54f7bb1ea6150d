"""Metrics in lines that programs print."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.metrics.command_parameters import find_parameter_names
from gage.metrics.languages import replace_characters, replace_step_words
from gage.metrics.name_values import find_pairs
from gage.metrics.output_parser import MAX_SERIES, LineValues, OutputParser


def read(*lines: str, patterns: dict[str, str] | None = None) -> list[tuple[str, int, float]]:
    reader = OutputParser(patterns)
    points = [point for line in lines for point in reader.parse_line(line).points]
    return [tuple(point) for point in (*points, *reader.finish().points)]


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
        (
            "Test set: Average loss: 0.05, Accuracy: 9843/10000 (98%)",
            {"test_Average_loss": 0.05, "test_Accuracy": 0.9843},
        ),
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
        ("reward: 1,234,567", {"reward": 1234567}),
        ("accuracy: 98.4%", {"accuracy": 98.4}),
        ("\x1b[32mloss\x1b[0m: \x1b[1m0.5\x1b[0m", {"loss": 0.5}),
        ('"loss": 0.5,', {"loss": 0.5}),
        ("mean reward: 21.5 +/- 3.2", {"mean_reward": 21.5}),
        ("train: loss=1 acc=2; val: loss=3", {"train_loss": 1, "train_acc": 2, "val_loss": 3}),
        ("loss -> 0.5", {"loss": 0.5}),
        ("The final accuracy was 93.5%", {"final_accuracy": 93.5}),
        (" * Acc@1 71.5 Acc@5 90.2", {"Acc@1": 71.5, "Acc@5": 90.2}),
        ("step 3 learning rate is 0.001", {"learning_rate": 0.001}),
        ("The mean squared error (MSE) on test set: 12.5", {"mean_squared_error": 12.5}),
        ("The best parameters are {'C': 1.0} with a score of 0.97", {"score": 0.97}),
        ("train final score: 98/100 = 98.00% correct", {"train_final_score": 0.98}),
        ("Episodes: 500, Avg rewards: [ 0.285 -0.285]", {"Avg_rewards_0": 0.285, "Avg_rewards_1": -0.285}),
        ("| End of training | test loss  6.93 | test ppl 1018.40", {"test_loss": 6.93, "test_ppl": 1018.4}),
        ("Trial 0 finished with values: [1.5, -2.5] and parameters: {'x': 4}.", {"values_0": 1.5, "values_1": -2.5}),
        ("RandomForestClassifier(max_depth=2): 0.91 accuracy", {"accuracy": 0.91}),
        ("Epoch: 0   Train: (loss = 2.3012f0, acc = 9.12)", {"train_loss": 2.3012, "train_acc": 9.12}),
        ("test: {'acc': 0.81}", {"test_acc": 0.81}),
        ('{"metrics": {"q": {"value": 2}}}', {"q": 2}),
        ("Kappa statistic                          0.94  ", {"Kappa_statistic": 0.94}),
        ("AUC (test): 0.9312", {"AUC_(test)": 0.9312}),
        ("Trial 2/3: lr=0.02 depth=4 -> score=0.82", {"score": 0.82}),
        ("The average silhouette_score is : 0.70", {"average_silhouette_score": 0.7}),
        ("epoch 001:    100 / 1101 loss=12.5, ppl=2900.1, wps=1200", {"loss": 12.5, "ppl": 2900.1, "wps": 1200}),
        ("eta: 0:12:30  iter: 19  total_loss: 1.2  time: 0.5  lr: 0.0005", {"total_loss": 1.2, "lr": 0.0005}),
        ('{"step": 10, "loss": 0.5, "train": {"acc": 0.9}, "ok": true}', {"loss": 0.5, "train/acc": 0.9}),
        ("12:00 INFO {'loss': '0.69', 'lr': 5e-05, 'epoch': 0.5}", {"loss": 0.69, "lr": 5e-05, "epoch": 0.5}),
        ("{'loss': np.float32(0.5), 'hits': 3}", {"loss": 0.5, "hits": 3}),
        ("step=100 loss=2.125 tokens/s=10234 mem=12.3GB", {"loss": 2.125, "tokens/s": 10234}),
        ("epoch 3 learning rate 0.001 -> 0.0005", {"learning_rate": 0.0005}),
        ("Transfer/sec:     57.28MB", {"Transfer/sec": 57.28}),
        ("latency average = 5.823 ms", {"latency_average": 5.823}),
        ("perte = 1,234, f1 = 0,612", {"perte": 1.234, "f1": 0.612}),
        ("D(x): 0.5 D(G(z)): 0.25 / 0.0136", {"D(x)": 0.5, "D(G(z))": 0.25}),
        ("epoch 1 lr 0.1 eps 1.00 loss 0.9", {"lr": 0.1, "eps": 1, "loss": 0.9}),
        ("train 01 | ce 1.92 | kd 0.33 | acc 0.31", {"ce": 1.92, "kd": 0.33, "acc": 0.31}),
        ("epoch 5: cost 0.0376, 9532 / 10000 correct (95.32%)", {"cost": 0.0376, "correct": 95.32}),
        ("95% coverage 93.6 %", {"95%_coverage": 93.6}),
        ("\t0.8507\t = Validation score   (roc_auc)", {"Validation_score": 0.8507}),
        ("F(2, 1203) = 118.25  Prob > F = 0.0000", {"F(2,_1203)": 118.25}),
        ("Model:   ARIMA(1, 1, 1)   Log Likelihood       -312.25", {"Log_Likelihood": -312.25}),
        ("Time:         12:00:00   AIC            630.5", {"AIC": 630.5}),
        ("[1/3] lr=0.1 dropout=0.2 -> val_f1=0.71", {"val_f1": 0.71}),
        ("mIoU 0.75 | fwIoU 0.912", {"mIoU": 0.75, "fwIoU": 0.912}),
        ("hold-out Brier 0.1466", {"hold-out_Brier": 0.1466}),
        ("Mean AUC over folds: 0.850 +/- 0.008", {"Mean_AUC_over_folds": 0.85}),
        ("Courant Number mean: 0.1125 max: 0.6325", {"Courant_Number_mean": 0.1125, "Courant_Number_max": 0.6325}),
        ("Solving for p, Initial residual = 0.125, No Iterations 2", {"p_Initial_residual": 0.125}),
        ("Loss after epoch 3: 0.5", {"Loss": 0.5}),
        ("Loss after 100 steps: 0.5", {"Loss": 0.5}),
        ("epoch 2: best acc so far 0.75, acc 0.5", {"best_acc": 0.75, "acc": 0.5}),
        ("epoch 2 | val_acc: 0.5 (best: 0.75)", {"val_acc": 0.5}),
        ("ep=10 avg_reward=12.5", {"avg_reward": 12.5}),
        ("t = 1000, loss = 0.5", {"loss": 0.5}),
        ("I 12:00:00 train.py:33] step=1 loss=0.5", {"loss": 0.5}),
        ("02 epoch, ACC 63.5%, EER 5.5%, minDCF 0.5", {"ACC": 63.5, "EER": 5.5, "minDCF": 0.5}),
        ("ep 1 | dice+ce loss 0.5 | grad |g| inf | x 0.25 |", {"dice+ce_loss": 0.5, "grad_|g|": math.inf, "x": 0.25}),
        ("step 4: IS: 4.5(0.066), Loss_v=0.5", {"IS": 4.5, "Loss_v": 0.5}),
        ("train -> total 0.5 | age MAE 7.5", {"train_total": 0.5, "train_age_MAE": 7.5}),
        ("CLIP score on 64 prompts: 31.5", {"CLIP_score": 31.5}),
        ("test result: OrderedDict([('mrr', 0.5), ('hit@10', 0.25)])", {"test_mrr": 0.5, "test_hit@10": 0.25}),
        ("Epoche 2: Verlust: 0,25, Fehler: 1.034,5 €", {"Verlust": 0.25, "Fehler": 1034.5}),
        ("Эпоха 2: точность 0.5", {"точность": 0.5}),
        ("best constant's loss = 0.5", {"best_constant's_loss": 0.5}),
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
        "vocab size: 65",
        "params: 1,234,567",
        "Model (alpha=0.5, l1_ratio=0.5):",
        "Overriding: n_layer = 2",
        "{'lr': 0.1, 'depth': 3}",
        "task=detect, mode=train, data=coco8.yaml, epochs=2, lr0=0.01, box=7.5, cls=0.5",
        "Set the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace.",
        "CUDA_VISIBLE_DEVICES=0 python train.py --lr=0.1 momentum=0.9",
        "+ python train.py --lr=0.1 scale=0.9",
        "  --gamma G        Learning rate step gamma: 0.7",
        "number of epochs [default: 10]",
        "best n_components by PCA CV = 5",
        "Best params: C=10, gamma=0.001",
        "Hyperparameters: {'gamma': 0.99, 'n_steps': 2048}",
        "ld: warning: x.o: alignment=16",
        "Load Average: 0.52, 0.61, 0.71",
        "A new release is available: 24.0 -> 25.1",
        "   88 |         double loss = 0.25;",
        "val_acc improved: 0.50 -> 0.62",
        "Warning: 3 of 2000 (0.0%) transitions ended with a divergence.",
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
    names = {p.name for i in range(MAX_SERIES + 500) for p in reader.parse_line(f"loss/{i}: 1").points}
    assert len(names) == MAX_SERIES
    assert len(reader.notes) == 1
    assert reader.parse_line("loss/5: 2").points


@given(st.text(alphabet=st.sampled_from("loss:= 0.5,epochEnaif{}[]()'\"/|%-+\t1e9_"), max_size=80))
def test_accepts_any_line(line: str) -> None:
    reader = OutputParser()
    for point in (*reader.parse_line(line).points, *reader.parse_line(line).points):
        assert isinstance(point.step, int) and isinstance(point.value, float)


@given(st.text(max_size=200))
def test_names_have_no_spaces(line: str) -> None:
    for name, value in find_pairs(line).pairs:
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
        ("lr: 0.2", []),
        ("Train: lr=0.1 batch_size=64", []),
        ("lr: 0.1, loss: 0.3", ["lr", "loss"]),
        ("lr: 0.1, width: 4, loss: 0.3", ["loss"]),
        ("step 3 lr: 0.1", ["lr"]),
        ('{"step": 3, "lr": 0.1}', ["lr"]),
        ("flag: 1.0", []),
        ("step 3 Train: width=4 loss=0.3", ["train_loss"]),
    ],
)
def test_ignores_config_printed_at_the_start(line: str, left: list[str]) -> None:
    parser = OutputParser(config=CONFIG)
    assert [p.name for p in (*parser.parse_line(line).points, *parser.finish().points)] == left


def test_reads_config_names_after_the_first_step() -> None:
    reader = OutputParser(config=CONFIG)
    reader.parse_line("epoch 1: loss 0.3")
    assert [p.name for p in reader.parse_line("lr: 0.1").points] == ["lr"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Params:", "  max_depth: 3", "  subsample: 0.8", "  foo: 0.5"),
        ("args:", "lr: 0.1", "foo: 0.5", "", ""),
        ("------------ Options -------------", "foo: 0.5", "-------------- End ----------------"),
        ("TrainingArguments(", "foo=0.5,", "bar=1.0,", ")"),
        ("Namespace(alpha=0.5,", "          foo=0.1,", "          steps=100)"),
        ("Model config BertConfig {", '  "foo": 0.1,', '  "bar": 2', "}"),
        ("{'batch_size': 32,", " 'foo': 0.1}"),
        ("model = dict(", "    type='A',", "    train=dict(", "        foo=0.7))"),
        ("+-----------+-------+", "| Parameter | Value |", "+-----------+-------+", "| foo       | 0.5   |"),
        ("CONFIG", "├── model", "│   └── foo: 0.5", "└── bar: 3"),
        ("╭─── Config ───╮", "│ foo: 0.5     │", "╰──────────────╯"),
        ("usage: x.py [-h]", "  --foo FOO  weight of foo (default: 0.1)"),
    ],
)
def test_ignores_blocks_of_config(lines: tuple[str, ...]) -> None:
    assert read(*lines) == []
    assert read(*lines, "epoch 1 loss 0.5") == [("loss", 1, 0.5)]


def test_unknown_names_before_the_first_step_are_config() -> None:
    assert read("momentum: 0.9", "foo: 0.5", "epoch 1 loss 0.5") == [("loss", 1, 0.5)]
    assert read("foo: 0.5", "bar: 0.25") == [("foo", 0, 0.5), ("bar", 0, 0.25)]
    assert read("foo: 0.5", "foo: 0.25", "epoch 3 loss 0.5") == [("foo", 0, 0.5), ("foo", 1, 0.25), ("loss", 3, 0.5)]


def test_a_block_with_a_parameter_is_config() -> None:
    results = ("price=4.5 err=0.25", "price=4.625 err=0.125")
    points = [("price", 0, 4.5), ("price", 1, 4.625), ("err", 0, 0.25), ("err", 1, 0.125)]
    assert sorted(read("S0 = 100.0", "sigma = 22.0%", "T = 0.5", "", *results)) == sorted(points)
    assert read("target=/mnt/home keep=14 compress=zstd") == []
    assert read("horizon=24; model=ETS(A,Ad,M); windows=5") == []
    assert read("[optim]", 'name = "sgd"', "power = 0.9", "", "[loss]", "dice_weight = 1.0") == []


def test_lines_with_words_are_config_until_their_numbers_change() -> None:
    lines = ("ts=1 level=info msg=start workers=4 rate=0.5", "ts=2 level=info busy=9.5 p99=12.5 id=a")
    assert read(*lines) == []
    assert read(*lines, "ts=3 level=info busy=9.75 p99=12.5 id=a") == [("busy", 0, 9.5), ("busy", 1, 9.75)]
    assert read("parts: 8, ufactor: 1.03, seed: 7", "edgecut: 1422, volume: 1390") == [
        *[("edgecut", 0, 1422), ("volume", 0, 1390)]
    ]


def test_what_was_measured_before_the_first_step_is_a_result() -> None:
    assert read("R2:", "  Within = 0.1442", "  All = 0.179", "", "auc: 0.5") == [
        *[("Within", 0, 0.1442), ("All", 0, 0.179), ("auc", 0, 0.5)]
    ]
    assert read("ratio: 0.5", "", "auc: 0.75") == [("auc", 0, 0.75)]
    assert read("table=a rate=0.0125", "table=b rate=0.25") == [("rate", 0, 0.0125), ("rate", 1, 0.25)]


def test_a_parameter_that_changes_from_step_to_step_is_a_metric() -> None:
    parser = OutputParser(config={"eps_greedy": 1.0, "clip": 0.5, "batch_size": 32})
    lines = (
        "eps_greedy: 1.0",
        "epoch 1: eps_greedy=1.0 clip=0.5 batch_size=32 loss=0.9",
        "epoch 2: eps_greedy=1.0 clip=0.5 batch_size=32 loss=0.8",
        "epoch 3: eps_greedy=0.9 clip=0.5 batch_size=32 loss=0.7",
    )
    points = [point for line in lines for point in parser.parse_line(line).points]
    assert {point.name for point in points} == {"eps_greedy", "loss"}
    assert [(step, value) for name, step, value in points if name == "eps_greedy"] == [(1, 1.0), (2, 1.0), (3, 0.9)]
    assert read("trying C=0.1 acc=0.5", "trying C=1.0 acc=0.75") == [("acc", 0, 0.5), ("acc", 1, 0.75)]


@pytest.mark.parametrize(
    "lines",
    [
        ("day,S,Rt", "0,99.5,3.25", "7,99.25,3.0"),
        (" day |  S |  Rt", "-----|----|----", " 0 | 99.5 | 3.25", " 7 | 99.25 | 3.0"),
        ("  day   S   Rt", "  0  99.5  3.25", "  7  99.25  3.0"),
        ("Step S Rt", "       0   99.5   3.25", "     7   99.25   3.0"),
    ],
)
def test_a_table_whose_first_column_counts_has_series(lines: tuple[str, ...]) -> None:
    assert read(*lines) == [("S", 0, 99.5), ("Rt", 0, 3.25), ("S", 7, 99.25), ("Rt", 7, 3.0)]


def test_other_tables_of_numbers_have_no_series() -> None:
    assert read("   age  income", "0   25  50000.5", "1   32  61000.5") == []
    assert read("day  height  width", "3  0.5  0.25", "1  0.75  0.5") == []
    assert read("user_id  height  width", "3  0.5  0.25", "4  0.75  0.5") == []


def test_finds_the_only_metric_among_printed_config() -> None:
    lines = (
        *(
            "Best trial:",
            "  Value:  0.97",
            "  Params:",
            "    max_depth: 3",
            "a = 10",
            "Model (alpha=0.5, l1_ratio=0.5):",
        ),
        *(
            "vocab size: 65",
            "Overriding: n_layer = 2",
            "{'lr': 0.1, 'depth': 3}",
            "Train: lr=0.1 bs=3",
            "epoch 1 loss 0.5",
        ),
    )
    assert read(*lines) == [("Value", 0, 0.97), ("loss", 1, 0.5)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("Test results:", "  acc: 0.5", "Validation results:", "  acc: 0.75"),
            {"test_acc": 0.5, "validation_acc": 0.75},
        ),
        (
            ("Evaluation results for segm: ", "| AP  | AP50 | APs |", "| 1.5 | 2.5 | 0.5 |"),
            {"segm_AP": 1.5, "segm_AP50": 2.5, "segm_APs": 0.5},
        ),
        (("Test results:", "  acc: 0.5", "", "acc: 0.75"), {"test_acc": 0.5, "acc": 0.75}),
        (("Test results:", "Done", "acc: 0.75"), {"acc": 0.75}),
        (("valid result:", "mrr : 0.5", "test mrr: 0.25"), {"valid_mrr": 0.5, "test_mrr": 0.25}),
        (("valid result:", "epoch 2 loss: 0.5"), {"loss": 0.5}),
        (
            (
                "--- Random Forest ---",
                "depth=3",
                "AUC : 0.5",
                "",
                "Evaluating XGBoost:",
                "test AUC: 0.75",
                "",
                "AUC: 0.25",
            ),
            {"Random_Forest_AUC": 0.5, "XGBoost_test_AUC": 0.75, "AUC": 0.25},
        ),
        (("=== LSTM ===", "epoch 2 loss: 0.5"), {"loss": 0.5}),
        (("Test accuracy:", "  fold 1: 0.5", "  mean: 0.75"), {"Test_accuracy": 0.5, "Test_accuracy_mean": 0.75}),
        (("Notes:", "  fold 1: 0.5"), {}),
    ],
)
def test_a_heading_of_results_is_in_the_names_below(lines: tuple[str, ...], expected: dict[str, float]) -> None:
    assert {name: value for name, _, value in read(*lines)} == expected


@given(st.text(max_size=60))
def test_characters_and_words_of_other_languages_change_no_other_text(text: str) -> None:
    assert len(replace_characters(text)) >= len(text)
    ascii_text = text.encode("ascii", "ignore").decode()
    assert replace_characters(ascii_text) == ascii_text
    assert replace_step_words(f"epoch 3 {ascii_text}") == f"epoch 3 {ascii_text}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Durchlauf 1 von 6: x", "epoch 1 of 6: x"),
        ("[Runde 3] x", "[epoch 3] x"),
        ("| Époque | Perte |", "| epoch | Perte |"),
        ("轮次 [1/3] 步数 470: x", "epoch [1/3] step 470: x"),
        ("Эпоха 2 из 5", "epoch 2 of 5"),
        ("Runde Sache 3", "Runde Sache 3"),
        ("étapes 3", "étapes 3"),
    ],
)
def test_reads_words_for_steps_in_other_languages(line: str, expected: str) -> None:
    assert replace_step_words(line) == expected


def test_numbers_have_decimal_commas_if_others_have() -> None:
    assert read("loss: 0,5", "loss: 1,234") == [("loss", 0, 0.5), ("loss", 1, 1.234)]
    assert read("score: 1,234") == [("score", 0, 1234)]


def test_an_error_is_no_metric() -> None:
    assert read("FloatingPointError: loss is nan for 3 epochs", "loss decreased (inf --> 0.5)") == []


def test_a_line_with_a_star_sums_up_the_lines_before() -> None:
    assert read("Test: [1/2] Acc@1 71.5", " * Acc@1 70.5") == [("test_Acc@1", 1, 71.5), ("test_Acc@1", 2, 70.5)]
    assert read(" * LOSS - 5.5, BLEU-4 - 0.25") == [("LOSS", 0, 5.5), ("BLEU-4", 0, 0.25)]


def test_repeats_of_the_best_value_are_no_points() -> None:
    lines = ("epoch 1: loss 0.5", "epoch 2: loss 0.75", "restored epoch 1 (loss 0.5)", "epoch 3: loss 0.5, saved")
    assert read(*lines) == [("loss", 1, 0.5), ("loss", 2, 0.75), ("loss", 3, 0.5)]
    lines = ("step 500 train loss: 2.47 test loss: 2.46", "test loss 2.46 is the best so far, saving")
    assert read(*lines) == [("train_loss", 500, 2.47), ("test_loss", 500, 2.46)]
    assert read("epoch 1", "val dice liver: 0.5", "new best liver dice 0.5 -> saved") == [("val_dice_liver", 1, 0.5)]


def test_reads_a_record_over_several_lines() -> None:
    lines = ("{", ' "auc": {', '  "test": 0.9', " },", ' "prec": {', '  "test": 0.8', " }", "}")
    assert read(*lines) == [("auc/test", 0, 0.9), ("prec/test", 0, 0.8)]
    assert read("{", ' "acc": 0.9,', "Done", "loss: 0.5") == [("acc", 0, 0.9), ("loss", 0, 0.5)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            (
                "E    #       LOSS TEXTCAT  CATS_SCORE",
                "---  ------  ------------  ----------",
                "  0  10     3.51   62.01",
            ),
            {"LOSS_TEXTCAT": 3.51, "CATS_SCORE": 62.01},
        ),
        (("  mtry  Accuracy   Kappa", "  2     0.95       0.93 "), {"Accuracy": 0.95, "Kappa": 0.93}),
        (
            ("       mean     sd  hdi_3%", "alpha  1.21  0.021   1.171"),
            {"alpha/mean": 1.21, "alpha/sd": 0.021, "alpha/hdi_3%": 1.171},
        ),
        (("Model & Accuracy & F1 \\\\", "SVM & \\textbf{0.9} & 0.8 \\\\"), {"SVM/Accuracy": 0.9, "SVM/F1": 0.8}),
        (("|Tasks|Metric|   |Value|", "|-----|------|---|----:|", "|boolq|acc   |↑  | 0.31|"), {"boolq/acc": 0.31}),
        (("| Model | Params | Top-1 |", "|---|---|---|", "| ViT | 86.6M | 81.1 |"), {"ViT/Top-1": 81.1}),
        (("Benchmark   Time   CPU", "BM_X/8      212 ns  211 ns"), {"BM_X/8/Time": 212, "BM_X/8/CPU": 211}),
        (("epoch,loss", "1,0.5"), {"loss": 0.5}),
        (
            ("| Iter | Mini |  x |", "|      | Loss |    |", "|------|------|----|", "|   10 | 0.5  | 0.25 |"),
            {"Mini_Loss": 0.5, "x": 0.25},
        ),
        (("    model  acc  f1", "0   svm  0.5  0.25"), {"svm/acc": 0.5, "svm/f1": 0.25}),
        (("Loss  Epoch  Step  Wer", "0.5   1.0    100   0.25"), {"Loss": 0.5, "Wer": 0.25}),
        (("| iter | target | width |", "| 1    | 0.5    | 0.25  |"), {"target": 0.5}),
        (("# t  E_tr  |w|", "0  0.5  8.5", "10  0.25  9.5"), {"E_tr": 0.25, "|w|": 9.5}),
        (("| dataset | ours | n |", "|---|---|---|", "| cifar | 94.5 | 100 |"), {"cifar/ours": 94.5}),
        (("│ Trial x config │", "├───┤", "│ lr    0.5 │", "│ gain  0.25 │", "╰───╯"), {}),
        (("│ Trial x result │", "├───┤", "│ gain  0.25 │", "╰───╯"), {"gain": 0.25}),
        (
            ("        accuracy    f1   auc", "model                    ", "xgb          0.9   0.8   0.7"),
            {"xgb/accuracy": 0.9, "xgb/f1": 0.8, "xgb/auc": 0.7},
        ),
        (("Method & BLEU $\\uparrow$ \\\\", "+ dropout & 28.04 $\\pm$ 0.2 \\\\"), {"+_dropout/BLEU": 28.04}),
        (("| net | acc (%) | ms |", "|---|---|---|", "| a | 71.2 ± 0.3 | 3 |"), {"a/acc": 71.2, "a/ms": 3}),
        (
            ("Benchmark   Time   CPU  Iterations UserCounters...", "BM_X/8  2 ns  1 ns  7 items_per_second=47.5M/s"),
            {"BM_X/8/Time": 2, "BM_X/8/CPU": 1, "BM_X/8/Iterations": 7, "BM_X/8/items_per_second": 47.5e6},
        ),
        (
            ("  Class  Images  Box(P   R   mAP50-95): 100%|█|", "  all  19  0.5  0.4  0.2"),
            {"all/P": 0.5, "all/R": 0.4, "all/mAP50-95": 0.2},
        ),
        (("      Step     Time     Energy    fmax", "BFGS:  0 12:00:00   -3.6   0.53"), {"Energy": -3.6, "fmax": 0.53}),
        (
            ("| Époque | Perte (train) | F1 macro |", "|      1 |        0,25   |   75,5 % |"),
            {"Perte_(train)": 0.25, "F1_macro": 75.5},
        ),
        (
            (" epoch  E(train)  |dW|", "     1  6.5e-01  1.25", "truth:", "  2  0  1  4  5"),
            {"E(train)": 0.65, "|dW|": 1.25},
        ),
        (("Step    Train loss      Test metric", "0       [0.5, 0.25]     [0.75]"), {"Test_metric": 0.75}),
        (
            ("           Training | Validation", "accuracy |   0.5    |   0.25"),
            {"Training_accuracy": 0.5, "Validation_accuracy": 0.25},
        ),
        (
            ("         Estimate   SE", "elpd_loo   -381.5 11.5", "p_loo        18.5  1.5"),
            {"elpd_loo/Estimate": -381.5, "elpd_loo/SE": 11.5, "p_loo/Estimate": 18.5, "p_loo/SE": 1.5},
        ),
        (
            ("| class | gts | recall | ap |", "| bird  | 4   | 0.5    | 0.25 |", "| mAP   |     |        | 0.75 |"),
            {"bird/gts": 4, "bird/recall": 0.5, "bird/ap": 0.25, "mAP": 0.75},
        ),
        (
            (
                "    Class   Images   P     R    mAP@.5 mAP@.5:.95: 100%|███| 4/4",
                "      all      100   0.5   0.25  0.75  0.125",
            ),
            {"all/P": 0.5, "all/R": 0.25, "all/mAP@.5": 0.75, "all/mAP@.5:.95": 0.125},
        ),
        (
            (
                "              Precision  ROC Area  Class",
                "              0.5   0.25   no",
                "Weighted Avg.  0.75   0.125  ",
            ),
            {
                "no/Precision": 0.5,
                "no/ROC_Area": 0.25,
                "Weighted_Avg./Precision": 0.75,
                "Weighted_Avg./ROC_Area": 0.125,
            },
        ),
    ],
)
def test_reads_tables_of_results(lines: tuple[str, ...], expected: dict[str, float]) -> None:
    assert {name: value for name, _, value in read(*lines)} == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Request throughput (req/s):        4.85", {"Request_throughput": 4.85}),
        ("FID (5k samples): 28.4", {"FID": 28.4}),
        ("loss (train): 0.5, loss (val): 0.4", {"loss_(train)": 0.5, "loss_(val)": 0.4}),
        ("Prob (F-statistic):           1.58e-96", {"Prob_(F-statistic)": 1.58e-96}),
        ("Structural similarity (SSIM): 0.9", {"Structural_similarity": 0.9}),
        ("[D(x): 0.793] [D(G(z)): 0.301]", {"D(x)": 0.793, "D(G(z))": 0.301}),
        ("Area under the curve: 0.88", {"Area_under_the_curve": 0.88}),
        ("Loss for final step: 0.28.", {"final_Loss": 0.28}),
        ("Time (CPU seconds):             0.01", {}),
        ("%SER 66.37 [ 1739 / 2620 ]", {"SER": 66.37}),
        ("train_loss_step=0.2, best_acc_epoch=3", {"train_loss_step": 0.2}),
        ("copypaste: 0.212 0.371 0.219 0.114", {}),
        ("[2/4] loss_ce 1.2  loss_reg 0.02  top 77.9", {"loss_ce": 1.2, "loss_reg": 0.02, "top": 77.9}),
        ("it     0  Dice loss 0.9  IoU 0.08", {"Dice_loss": 0.9, "IoU": 0.08}),
        ("3: 12.5, 14.1 avg, 0.001 rate, 3.2 seconds, 64 images", {"loss": 12.5, "avg": 14.1}),
        (
            "2024-01-01 10:00:00 | INFO | train_inner | epoch 001: 10 / 30 loss=9.8, wps=3.1",
            {"train_inner_loss": 9.8, "wps": 3.1},
        ),
        (
            "2024-01-01 08:31:12.9 | INFO     | train:fit:88 - Epoch 01 ➜ loss 0.37 | pixAcc 83.1%",
            {"loss": 0.37, "pixAcc": 83.1},
        ),
        ("C=1 ... cv accuracy 0.912 (+/- 0.021)", {"cv_accuracy": 0.912}),
        ("Loss 5.5 (5.75)  Top-5 Accuracy 49.81 (49.61)", {"Loss": 5.5, "Top-5_Accuracy": 49.81}),
        ("Correctly Classified Instances      567        73.8281 %", {"Correctly_Classified_Instances": 73.8281}),
        ("Epoch: 1/4... Step: 80... Loss: 0.6634... Val Loss: 0.65", {"Loss": 0.6634, "Val_Loss": 0.65}),
        ("Epoch: 1 Average loss: 163.5 (recon 139.5, KL 24.5)", {"Average_loss": 163.5, "recon": 139.5, "KL": 24.5}),
        ("Epoch 9: recall=[0.5, 0.75], hit=[0.25]", {"recall_0": 0.5, "recall_1": 0.75, "hit_0": 0.25}),
        ("Test accuracy with best params: 0.93", {"Test_accuracy": 0.93}),
        ("workflow: [('train', 1)], max: 3 epochs", {}),
        ("done, final residual 9.81e-06", {"final_residual": 9.81e-06}),
        ("Epoch 1 [10/39] Loss 1.5 (1.6) Prec@1 44.1 (41.2)", {"Loss": 1.5, "Prec@1": 44.1}),
        ("arena: 31 wins / 20 losses -> win rate 59.2%", {"win_rate": 59.2}),
        ("Validation: 100%|███| 20/20 [00:01<00:00, 18.0it/s, loss=0.77]", {"validation_loss": 0.77}),
        ("dt=0.01 nx=128 scheme=rk4 cfl=0.45", {}),
        ("1: person 0.713", {}),
        ("train split 0.8, test split 0.2", {}),
        ("Eval at step 200: loss=1.95 (n=10000)", {"eval_loss": 1.95}),
        ("Score of A vs B: 61 - 30 - 9", {}),
        ("throughput=12.1 Mbps delay=0.012 s loss=0.01", {"throughput": 12.1, "loss": 0.01}),
        ("|g|= 0.61  ||dx||= 1.4", {"|g|": 0.61, "||dx||": 1.4}),
        ("Ljung-Box (L1) (Q): 0.01", {"Ljung-Box_(L1)_(Q)": 0.01}),
        ("wandb:   test_coverage 0.25", {"test_coverage": 0.25}),
        ("wandb:   epoch 2", {}),
        ("Error rate [%] = 8.5; Loss[val]: 0.5", {"Error_rate": 8.5, "Loss[val]": 0.5}),
        ("val energy 1.25, loss train 0.5", {"val_energy": 1.25, "loss_train": 0.5}),
        ("BLEU|nrefs:1|case:mixed|version:2.3.1 = 28.4 60.1/34.2/21.8/14.4 (BP = 1.0)", {"BLEU": 28.4}),
        ("  Gap               0% (tolerance: 0.01%)", {"Gap": 0}),
        ("epoch 1 · Verlust 0,5 · Genauigkeit 0,75", {"Verlust": 0.5, "Genauigkeit": 0.75}),
        ("epoch 1 › Lücke 0.5 — gap 0.25", {"Lücke": 0.5, "gap": 0.25}),
        ("Lernrate: 0,01; Schichten = 4", {}),
        ("Lernrate: 0,01", {}),
        ("Schichten: 4", {}),
        ("Fehler: 3", {}),
        ("epoch 1: loss train 0.5 perte d'entraînement 0.25", {"loss_train": 0.5, "perte_d'entraînement": 0.25}),
        ("pixAcc 0.5 valLoss 0.75", {"pixAcc": 0.5, "valLoss": 0.75}),
        ("testing loss 0.5, acc 0.75", {"testing_loss": 0.5, "testing_acc": 0.75}),
        ("RMM:   1    -0.284E+02   -0.28E+02", {}),
        ("    Test net output #1: loss = 2.36 (* 1 = 2.36 loss)", {"test_loss": 2.36}),
        (
            " Average Recall     (AR) @[ IoU=0.50:0.95 | area= small | maxDets=  1 ] = 0.311",
            {"AR/IoU=0.50:0.95/area=small/maxDets=1": 0.311},
        ),
    ],
)
def test_reads_names_of_tools(line: str, expected: dict[str, float]) -> None:
    assert {name: value for name, _, value in read(line)} == expected


def test_evaluation_by_keras_is_no_point_of_training() -> None:
    epoch = ("Epoch 1/1", "100/100 [====] - 1s - loss: 0.6 - accuracy: 0.8 - val_loss: 0.4")
    evaluation = "32/32 [====] - 0s - loss: 0.3990 - accuracy: 0.8790"
    training = [("loss", 1, 0.6), ("accuracy", 1, 0.8), ("val_loss", 1, 0.4)]
    printed = [("Test_accuracy", 2, 0.87904), ("test_loss", 1, 0.399)]
    assert [(n, v) for n, _, v in read(*epoch, evaluation, "Test accuracy: 0.87904")] == [
        (n, v) for n, _, v in (*training, *printed)
    ]
    next_epoch = [("loss", 0.6), ("accuracy", 0.8), ("val_loss", 0.4), ("test_loss", 0.399), ("test_accuracy", 0.879)]
    assert [(n, v) for n, _, v in read(*epoch, evaluation, *epoch)][:5] == next_epoch


def test_a_result_that_is_spelled_differently_and_repeats_a_value_is_no_point() -> None:
    assert read("epoch 1 loss: 0.5", "epoch 2 Loss: 0.4", "Loss: 0.4", "Loss: 0.3") == [
        ("loss", 1, 0.5),
        ("loss", 2, 0.4),
        ("Loss", 2, 0.3),
    ]
    assert read("epoch 1 loss 0.5", "wandb: Run summary:", "wandb: loss 0.5") == [("loss", 1, 0.5)]
    assert read("epoch 1 value: 0.912345", "Value: 0.9123") == [("value", 1, 0.912345)]


def test_a_warning_with_a_bracket_does_not_begin_config() -> None:
    assert read("  warnings.warn(", "it 10 loss 0.9", "it 20 loss 0.8") == [("loss", 10, 0.9), ("loss", 20, 0.8)]
    assert read("logger.info(", "loss: 0.5", "acc = 0.9") == [("loss", 0, 0.5), ("acc", 0, 0.9)]


def test_sections_with_parameters_are_config() -> None:
    lines = ("trainer:", "  max_epochs: 3", "  precision: 16", "seed: 1", "", "epoch 1 precision: 0.9")
    assert read(*lines) == [("precision", 1, 0.9)]
    assert read("scores:", "  precision: 0.9") == [("precision", 0, 0.9)]


def test_names_of_parameters_are_no_metrics(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("model:\n  margin: 0.2\n  loss: triplet\n")
    names = find_parameter_names(
        ("python", "x.py", "--sharpness=3", "--config=c.yaml", "-q", "missing.json"), str(tmp_path)
    )
    assert names == {"sharpness", "config", "q", "model", "margin", "loss"}
    parser = OutputParser(parameters=names)
    line = "epoch 1: loss=0.5 margin=0.2 train_sharpness=3 distance=0.1"
    assert [point.name for point in parser.parse_line(line).points] == ["loss", "distance"]


@pytest.mark.parametrize(
    "line",
    [
        f"step: {2**63} loss: 9",
        f"epoch {2**70} loss: 9",
        f"[{2**63}/{2**64}] loss: 9",
        f'{{"step": {2**63}, "loss": 9}}',
        f"step {'9' * 3000} loss: 9",
    ],
)
def test_a_step_of_more_than_64_bits_is_no_step(line: str) -> None:
    points = read("step: 1 loss: 0.5", line, "step: 2 loss: 0.25")
    assert [(step, value) for name, step, value in points if name == "loss"] == [(1, 0.5), (2, 9.0), (2, 0.25)]


def test_steps_of_tables_and_boxes_fit_into_64_bits() -> None:
    assert read("epoch  loss", f"{2**63}  0.5", "1  0.25") == [("loss", 0, 0.5), ("loss", 1, 0.25)]
    box = ("| rollout/  | |", "|  ep_rew_mean  | 2.5 |", "| time/  | |", "|  total_timesteps  | inf |", "done")
    assert read(*box) == [("rollout/ep_rew_mean", 0, 2.5)]
