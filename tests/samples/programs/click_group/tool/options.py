import click

seed_option = click.option("--seed", type=int, default=42, help="Random seed.")


def data_options(function):
    """Options that all commands with data share."""
    function = click.option("--batch-size", default=32, help="Samples at a time.")(function)
    function = click.option("--root", default="data", help="Folder with the data.")(function)
    return function
