"""`gage completion`."""

import click

from gage.cli.command import make_command, reject_together
from gage.cli.render import terminal


@make_command(
    "completion",
    "gage completion --install",
    "gage completion --install zsh",
    "gage completion --uninstall",
    "gage completion bash",
)
@click.argument(
    "shell", metavar="[bash|zsh|fish|nushell]", required=False, type=click.Choice(("bash", "zsh", "fish", "nushell"))
)
@click.option("--install", is_flag=True, help="Install completion for new shells.")
@click.option("--uninstall", is_flag=True, help="Remove what --install added.")
@click.option("--preview", is_flag=True, help="Show the changes without making them.")
def command(shell: str | None, install: bool, uninstall: bool, preview: bool) -> None:
    """Print the completion script of a shell, or install it.

    The shell defaults to the one you are using.
    """
    from gage.cli.completion import install as completion_install
    from gage.cli.completion.shells import SHELLS

    reject_together("--install", "--uninstall")
    name = shell or completion_install.detect_shell()
    if not install and not uninstall:
        terminal.print_stdout(SHELLS[name]().source.rstrip("\n"))
        return
    changes = completion_install.plan_install(name) if install else completion_install.plan_uninstall(name)
    if not preview:
        completion_install.apply_edits(changes)
    for change in changes:
        terminal.print_stderr(change.describe(preview))
    if not changes:
        terminal.print_stderr(f"Completion for {name} is {'already' if install else 'not'} installed")
    elif preview:
        terminal.print_stderr("Nothing was changed")
    elif install:
        terminal.print_stderr(f"Installed completion for {name}", "Start a new shell to use it")
    else:
        terminal.print_stderr(f"Removed completion for {name}")
