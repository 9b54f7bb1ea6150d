"""Logs numbers with one library and prints how long that took. Run by `log.py`.

    python log_numbers.py LIBRARY STEPS WIDTH

Prints `seconds seconds`: of the loop, and until all numbers are on disk.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

Log = Callable[[dict[str, float], int], object]


def main() -> None:
    library, steps, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    log, finish = LIBRARIES[library]()
    names = [f"metric_{i}" for i in range(width)]
    log(dict.fromkeys(names, 0.0), 0)
    start = time.perf_counter()
    for step in range(1, steps + 1):
        log(dict.fromkeys(names, 1.0 / step), step)
    loop = time.perf_counter() - start
    finish()
    print(loop, time.perf_counter() - start)


def gage() -> tuple[Log, Callable[[], object]]:
    import gage.api

    return lambda values, step: gage.api.log(values, step=step), gage.api._log.write


def tensorboardx() -> tuple[Log, Callable[[], object]]:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter("logs")

    def log(values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            writer.add_scalar(name, value, step)

    return log, writer.close


def trackio() -> tuple[Log, Callable[[], object]]:
    import trackio

    trackio.init(project="benchmark", embed=False)
    return lambda values, step: trackio.log(values, step=step), trackio.finish


def mlflow() -> tuple[Log, Callable[[], object]]:
    import mlflow

    mlflow.set_tracking_uri(Path("mlruns").resolve().as_uri())
    mlflow.start_run()
    return lambda values, step: mlflow.log_metrics(values, step=step), mlflow.end_run


def wandb() -> tuple[Log, Callable[[], object]]:
    import wandb

    run = wandb.init(project="benchmark", mode="offline", settings=wandb.Settings(silent=True))
    return lambda values, step: run.log(values, step=step), run.finish


LIBRARIES = {"gage": gage, "tensorboardX": tensorboardx, "trackio": trackio, "mlflow": mlflow, "wandb": wandb}

main()
