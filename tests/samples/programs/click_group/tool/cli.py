import click

from .options import data_options, seed_option


@click.group()
@click.option("--debug", is_flag=True, default=False, help="Say more.")
@click.pass_context
def cli(ctx, debug):
    ctx.obj["debug"] = debug


@cli.command()
@data_options
@seed_option
@click.option("--lr", type=float, default=None, help="Rate; by default from the schedule.")
def fit(root, batch_size, seed, lr):
    print("fitting")


@cli.command("score")
@data_options
@click.argument("checkpoints", nargs=-1, required=True)
def score_checkpoints(root, batch_size, checkpoints):
    print("scoring")


@click.command(name="export")
@click.option("--format", "fmt", type=click.Choice(["onnx", "torchscript"]), default="onnx")
def export_model(fmt):
    print("exporting", fmt)


cli.add_command(export_model)
