import json
import click

CONTEXT_SETTINGS = dict(help_option_names=["-h", "--help"], auto_envvar_prefix="TRAINER", default_map={"fit": {"epochs": 12}}, show_default=True)


@click.group(context_settings=CONTEXT_SETTINGS, invoke_without_command=True)
@click.option("--debug/--no-debug", default=False, help="Debug it")
@click.option("--profile", type=click.Choice(["cpu", "gpu"], case_sensitive=False), default="cpu", envvar="PROFILE")
@click.version_option("1.0")
@click.pass_context
def cli(ctx, debug, profile):
    """Top level."""
    ctx.ensure_object(dict)
    ctx.obj.update(debug=debug, profile=profile)
    if ctx.invoked_subcommand is None:
        print("JSON:" + json.dumps(ctx.obj, sort_keys=True))


@cli.command()
@click.argument("dataset", type=click.Path())
@click.argument("extra", nargs=-1)
@click.option("--epochs", "-e", "n_epochs", default=10, type=click.IntRange(1, 100), help="Number of epochs")
@click.option("--lr", default=0.1, help="Rate")
@click.option("--shout", is_flag=True, default=False)
@click.option("--layer", "-l", "layers", multiple=True, type=int, default=[1, 2])
@click.option("--aug", multiple=True, type=(str, float))
@click.option("--upper", "case", flag_value="upper", default=True)
@click.option("--lower", "case", flag_value="lower")
@click.option("--pos", nargs=2, type=float, default=(0.0, 1.0))
@click.option("--date", type=click.DateTime(), default=None)
@click.option("--opt", type=str, default=lambda: "ad" + "am")
@click.pass_obj
def fit(obj, **kw):
    kw["date"] = str(kw["date"])
    print("JSON:" + json.dumps({**obj, **kw}, sort_keys=True))


@cli.group()
def data():
    """Data things."""


@data.command("prepare")
@click.option("--seed", type=int, required=True)
@click.option("--name", prompt="Your name", default="me")
@click.pass_obj
def prepare(obj, seed, name):
    print("JSON:" + json.dumps({**obj, "seed": seed, "name": name}, sort_keys=True))


def main():
    cli(obj={})


if __name__ == "__main__":
    main()
