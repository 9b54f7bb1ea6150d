import torch
from lightning.pytorch import LightningDataModule, LightningModule
from lightning.pytorch.cli import LightningCLI


class LitNet(LightningModule):
    """A linear model.

    Args:
        hidden_dim: Width.
        lr: Learning rate.
    """

    def __init__(self, hidden_dim: int = 128, lr: float = 1e-3, activation: str = "relu"):
        super().__init__()
        self.save_hyperparameters()


class Digits(LightningDataModule):
    def __init__(self, root: str = "data", batch_size: int = 64, val_split: float = 0.1):
        super().__init__()


def main():
    LightningCLI(LitNet, Digits, seed_everything_default=7, trainer_defaults={"max_epochs": 5})


if __name__ == "__main__":
    main()
