import json
from enum import Enum
from pathlib import Path
from typing import Annotated, List, Optional, Tuple

import typer

app = typer.Typer(help="Awesome CLI", no_args_is_help=True, add_completion=False)
data_app = typer.Typer()
app.add_typer(data_app, name="data", help="Manage data")
state = {"verbose": False}


class NeuralNetwork(str, Enum):
    simple = "simple"
    conv = "conv"
    lstm = "lstm"


@app.callback()
def main(verbose: bool = False, seed: Annotated[int, typer.Option("--seed", "-s", envvar="APP_SEED", help="The seed")] = 7):
    """
    Manage training.
    """
    state["verbose"] = verbose
    state["seed"] = seed


@app.command()
def train(
    data: Annotated[Path, typer.Argument(help="The data folder")],
    network: Annotated[NeuralNetwork, typer.Option(case_sensitive=False, help="Which network")] = NeuralNetwork.simple,
    lr: Annotated[float, typer.Option("--learning-rate", "--lr", min=0, max=1)] = 0.1,
    accept: Annotated[bool, typer.Option("--accept/--reject", "-a/-r")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    tag: Annotated[Optional[List[str]], typer.Option()] = None,
    size: Tuple[int, int] = (2, 3),
    count: Annotated[int, typer.Option("-v", count=True)] = 0,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True)] = "x",
):
    """
    Train a model on DATA.
    """
    print("JSON:" + json.dumps({**state, **{k: (v.value if isinstance(v, Enum) else str(v) if isinstance(v, Path) else v) for k, v in locals().items()}}, sort_keys=True))


@app.command("evaluate-model")
def evaluate(model: str = typer.Argument("best", help="Which"), k: int = typer.Option(5, "--top-k", help="Top k"), lr: float = 1.0):
    print("JSON:" + json.dumps({**state, **locals()}, sort_keys=True))


@data_app.command()
def download(url: str, retries: int = 3, dry_run: bool = typer.Option(False, "--dry-run")):
    print("JSON:" + json.dumps({**state, **locals()}, sort_keys=True))


if __name__ == "__main__":
    app()
