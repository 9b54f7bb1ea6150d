import click


@click.command(context_settings={"show_default": True})
@click.argument("dataset", type=click.Path(exists=False))
@click.option("--lr", "--learning-rate", default=0.01, help="Step size.")
@click.option("-e", "--epochs", type=click.IntRange(min=1), default=10, help="Passes over the data.")
@click.option("--model", type=click.Choice(["linear", "mlp", "cnn"], case_sensitive=False), default="mlp", help="Architecture.")
@click.option("--dropout", type=click.FloatRange(0, 1), default=0.0)
@click.option("--augment/--no-augment", default=True, help="Flip and crop.")
@click.option("--dry-run", is_flag=True, help="Do nothing.")
@click.option("--label", "labels", multiple=True, help="May be given several times.")
@click.option("--size", nargs=2, type=int, default=(32, 32))
@click.option("-v", "--verbose", count=True)
@click.option("--out", type=click.Path(), required=True, help="Where to write.")
def train(dataset, lr, epochs, model, dropout, augment, dry_run, labels, size, verbose, out):
    """Train on DATASET."""
    click.echo(f"training {model} for {epochs}")


if __name__ == "__main__":
    train()
