"""`gage completion`."""

import click

from gage.cli.command import gage_command, refuse_together
from gage.cli.render import terminal


@gage_command(
    "completion",
    "gage completion --install",
    "gage completion --install zsh",
    "gage completion --uninstall",
    "gage completion bash",
)
@click.argument(
    "shell", metavar="[bash|zsh|fish|nushell]", required=False, type=click.Choice(("bash", "zsh", "fish", "nushell"))
)
@click.option("--install", is_flag=True, help="Make the shell complete, from the next time it starts.")
@click.option("--uninstall", is_flag=True, help="Take that back.")
@click.option("--preview", is_flag=True, help="Show what would be changed, and change nothing.")
def command(shell: str | None, install: bool, uninstall: bool, preview: bool) -> None:
    """Complete what is typed when TAB is pressed, or print the script that does it.

    The shell is the one that this is typed in, unless it is named.
    """
    from gage.cli.completion import install as completion_install
    from gage.cli.completion.shells import SHELLS

    refuse_together(("--install", install), ("--uninstall", uninstall))
    name = shell or completion_install.detect_shell()
    if not install and not uninstall:
        terminal.say(SHELLS[name].source_template.rstrip("\n"))
        return
    changes = completion_install.install_plan(name) if install else completion_install.uninstall_plan(name)
    if not preview:
        completion_install.carry_out(changes)
    for change in changes:
        terminal.tell(change.planned() if preview else change.done())
    if not changes:
        terminal.tell(f"Completion for {name} is {'installed already' if install else 'not installed'}")
    elif preview:
        terminal.tell("Nothing was changed")
    elif install:
        terminal.tell(f"Completion for {name} is installed", "Start a new shell to use it")
    else:
        terminal.tell(f"Completion for {name} is not installed any more")
