from enum import Enum
from pathlib import Path
from typing import List, Optional

import typer


class Optimizer(str, Enum):
    adam = "adam"
    sgd = "sgd"
    lion = "lion-8bit"


def main(
    data: Path,
    lr: float = typer.Option(3e-4, "--lr", "-l", help="Peak learning rate."),
    epochs: int = typer.Option(5, help="How many passes.", min=1),
    optimizer: Optimizer = Optimizer.adam,
    hidden: List[int] = typer.Option([256, 128], help="Widths of layers."),
    mixed_precision: bool = typer.Option(False, "--mixed-precision/--full-precision", help="Use half floats."),
    compile: bool = True,
    run_name: Optional[str] = None,
    seed: int = typer.Option(..., help="Must be given."),
):
    """Train a transformer on DATA."""
    typer.echo(f"lr={lr}")


if __name__ == "__main__":
    typer.run(main)
