from dataclasses import dataclass, field

from simple_parsing import ArgumentParser, choice


@dataclass
class HParams:
    """Hyper-parameters."""

    lr: float = 0.05  # Learning rate
    batch_size: int = 32
    """Samples in a batch."""
    # Which activation to use
    activation: str = choice("relu", "gelu", "tanh", default="relu")
    layers: list[int] = field(default_factory=lambda: [8, 8])


@dataclass
class RunConfig:
    log_dir: str = "logs"  # where logs go
    hparams: HParams = field(default_factory=HParams)
    resume: bool = False


parser = ArgumentParser()
parser.add_argument("--gpus", type=int, default=0, help="number of GPUs")
parser.add_arguments(RunConfig, dest="config")

if __name__ == "__main__":
    args = parser.parse_args()
    print(args.config.hparams.lr)
