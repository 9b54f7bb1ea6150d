"""A command line with commands and a sub-application."""
from typing import Annotated

import typer

app = typer.Typer(help="Segment images.", add_completion=False)
data_app = typer.Typer()
app.add_typer(data_app, name="data")


@app.callback()
def common(device: Annotated[str, typer.Option(help="cpu or cuda:N")] = "cpu"):
    pass


@app.command()
def train(
    config: Annotated[str, typer.Argument(help="Config file.")] = "base.yaml",
    batch_size: Annotated[int, typer.Option("--batch-size", "-b", help="Images at a time.")] = 8,
    amp: bool = False,
):
    print("train", config)


@app.command("infer")
def run_inference(
    weights: Annotated[str, typer.Argument()],
    threshold: Annotated[float, typer.Option(min=0, max=1)] = 0.5,
):
    print("infer")


@data_app.command()
def download(url: str, retries: int = 3):
    print("get", url)


if __name__ == "__main__":
    app()
