import click

from steps import fit_poly


@click.group()
@click.option("--debug", is_flag=True)
@click.pass_context
def cli(ctx, debug):
    ctx.obj = {"debug": debug}


@cli.command()
@click.option("--degree", default=3)
@click.option("--ridge", default=1e-3, type=float)
@click.option("--iters", default=2000)
@click.pass_obj
def fit(obj, degree, ridge, iters):
    fit_poly(degree, ridge, iters)


@cli.command()
@click.argument("path", type=click.Path())
@click.option("--bins", default=20)
def plot(path, bins):
    click.echo(f"{path} {bins}")


if __name__ == "__main__":
    cli()
