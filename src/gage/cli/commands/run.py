"""`gage run`: parses the command line, rejects options that exclude each other, and calls `gage.cli.run`."""

from typing import TYPE_CHECKING

import click

from gage.cli.command import (
    GageCommand,
    RenamedOption,
    json_option,
    list_used_options,
    make_command,
    parse_count,
    raise_exclusion,
    yes_option,
)
from gage.cli.errors import ARGS
from gage.cli.run.run_options import ANY_DEBUGGER, DEBUGGERS, RunOptions, complete_debug_option
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.request import RunRequest

_AFTER_DASHES = "gage.after-dashes"
_EXAMPLES = (
    "gage run train.py lr=0.1",
    "gage run train.py lr=0.1 --label 'slow and steady' --tag paper",
    "gage run train.py --preview",
    "gage run train.py lr=0.1 -- --device=cpu",
    "gage run -- python train.py --lr 0.1",
    "gage run -- make all",
    "gage run train.py --stage",
    "gage run train.py --debug pdb",
    "gage run train.py lr=[0.1,0.01] --jobs 2",
    "gage run --start 1",
    "gage run --restart 1 lr=0.2",
    "gage run --resume-from 1 epochs=20",
    "gage run evaluate.py --evaluate 1",
)

_BATCH_ONLY = ("--max-runs", "--seed", "--zip", "--fail-fast", "--jobs")
_EXCLUDES = {
    "--preview": ("--stage", "--background"),
    "--stage": ("--background",),
    "--debug": ("--start", "--stage", "--background", "--quiet", "--preview"),
    "--restart": ("--resume-from", "--start", "--needed", "--depends", "--help-op", "--resume", *_BATCH_ONLY),
    "--resume-from": ("--start", "--needed", "--depends", "--help-op", "--resume", *_BATCH_ONLY),
    "--evaluate": ("--restart", "--resume-from", "--start", "--help-op", "--resume", *_BATCH_ONLY),
    "--start": (
        *("--label", "--tag", "--attr", "--stage", "--needed", "--preview", "--env", "--max-time"),
        *("--depends", "--run-dir", "NAME=VALUE", "-- COMMAND"),
    ),
    "--help-op": ("--preview", "--stage", "--start"),
    "--resume": ("--max-runs", "--seed", "--zip", "--stage", "--debug"),
}
"""The options that make no sense together with an option."""


class RunGageCommand(GageCommand):
    """Keeps the words after `--` apart: they are arguments or a command, and none of them is an option of Gage."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses what comes before `--`; the rest is kept in `ctx.meta`."""
        ctx.meta[ARGS] = tuple(args)
        args = complete_debug_option(args)
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[_AFTER_DASHES] = tuple(args[at + 1 :]) if at < len(args) else None
        _reject_one_dash_option(ctx, args[:at])
        return super().parse_args(ctx, args[:at])


def _reject_one_dash_option(ctx: click.Context, args: list[str]) -> None:
    """Raises click.NoSuchOption for an option of the program with one dash: click reads `-lr=0.1` as label `r=0.1`."""
    if not any(word[:1] == "-" and word[1:2].isalpha() and len(word) > 2 for word in args):
        return
    from gage.cli.run.suggest_command import find_one_dash_option

    with ctx.scope(cleanup=False):
        option = find_one_dash_option(ctx.command, args)
    if option:
        raise click.NoSuchOption(option, ctx=ctx)


@make_command("run", *_EXAMPLES, cls=RunGageCommand)
@click.argument("words", metavar="[OPERATION|SCRIPT] [NAME=VALUE]... [-- ARGUMENT|COMMAND]", nargs=-1)
@yes_option
@click.option(
    "--preview", is_flag=True, help="Show what would run, and exit. May start the program to read its parser."
)
@click.option(
    "--help-op",
    is_flag=True,
    help="Show the parameters of the operation or script. May start the program to read its parser.",
)
@json_option
@click.option("-l", "--label", metavar="TEXT", help="Set the label of the run.")
@click.option("-t", "--tag", metavar="TAG", multiple=True, help="Add a tag to the run (repeatable).")
@click.option("--attr", metavar="NAME=VALUE", multiple=True, help="Set an attribute of the run (repeatable).")
@click.option("--stage", is_flag=True, help="Prepare the run, but do not start it.")
@click.option("--start", metavar="RUN", help="Start a staged run.")
@click.option("--restart", metavar="RUN", help="Run again with the config and source code of RUN.")
@click.option("--resume-from", metavar="RUN", help="Like --restart, and start with the run's files (checkpoints).")
@click.option(
    "--evaluate", metavar="RUN", multiple=True, help="Evaluate RUN: start with its files, and record it (repeatable)."
)
@click.option("--latest-source", is_flag=True, help="With --restart: use the project's current code and data.")
@click.option(
    "-j", "--jobs", type=parse_count, metavar="N", default="1", help="Run up to N trials in parallel (default: 1)."
)
@click.option("--max-runs", type=parse_count, metavar="N", help="Run at most N trials of a batch.")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="Seed for random values of a batch.")
@click.option("--zip", is_flag=True, help="Pair the rows of batch files instead of combining them all.")
@click.option("--fail-fast", is_flag=True, help="Start no further trials after one has failed.")
@click.option("--resume", metavar="BATCH", help="Run the trials of BATCH that have not completed.")
@click.option("--needed", is_flag=True, help="Run only if no completed run did the same: see 'gage help needed'.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show the program's output.")
@click.option("-b", "--background", is_flag=True, help="Run in the background.")
@click.option(
    "--debug",
    type=click.Choice((*DEBUGGERS, ANY_DEBUGGER)),
    metavar="[pdb|debugpy]",
    help="Wait for a debugger to attach, or run under pdb.",
)
@click.option("--run-dir", metavar="DIR", help="Create DIR as a symbolic link to the run directory.")
@click.option("-e", "--env", metavar="NAME=VALUE", multiple=True, help="Set an environment variable (repeatable).")
@click.option("--max-time", metavar="TIME", help="Stop the run after TIME, such as 90, 10m or 2h.")
@click.option("--depends", metavar="PATH", multiple=True, help="Add a file or directory as dependency (repeatable).")
@click.option("--link", cls=RenamedOption, metavar="PATH", multiple=True, hidden=True)
@click.pass_context
def command(ctx: click.Context, /, **_: object) -> None:
    """Run an operation of the Gage file, a script, or any command after --.

    NAME=VALUE sets a parameter: a variable at the top of a script, or one of its options. Several values, such as
    lr=[0.1,0.01], or a file of values, @trials.csv, make a batch of runs: see 'gage help batches'.

    Words after -- are arguments of the operation or script; without one, they are the command to run. Gage reads those
    that the program's parser knows as NAME=VALUE: see 'gage help config'.
    """
    try:
        _reject_contradictions(ctx)
        code = _execute(RunOptions(ctx.meta[_AFTER_DASHES], **ctx.params))
    except UsageError as error:
        from gage.cli.run.suggest_command import suggest_shared_option

        error.hint = suggest_shared_option(ctx, error.message) or error.hint
        raise
    raise click.exceptions.Exit(code)


def _execute(options: RunOptions) -> int:
    """Does what the options say; returns the exit code."""
    from gage.cli.run import run_single

    if options.as_json and not (options.preview or options.help_op):
        raise UsageError("--json requires --preview or --help-op", "Try: gage run --preview --json")
    if options.start is not None:
        return run_single.start_staged(options.start, options)
    request = options.build_request()
    if options.previous_run is not None:
        from gage.cli.run import run_restart

        return run_restart.restart_run(options, request)
    if options.evaluate:
        return _evaluate(options, request)
    if options.latest_source:
        hint = "Other runs always use the latest source code"
        raise UsageError("--latest-source requires --restart or --resume-from", hint)
    if options.help_op:
        from gage.cli.run.operation_help import print_operation_help

        print_operation_help(request, options.as_json)
        return 0
    return _execute_new(options, request)


def _evaluate(options: RunOptions, request: "RunRequest") -> int:
    """Evaluates runs; returns the exit code. Raises UsageError if the values make a batch."""
    from gage.cli.run import run_evaluation

    if any(can_be_batch(word) for word in request.assignments):
        from gage.cli.run import run_batch

        if run_batch.plan_if_batch(request, options) is not None:
            raise UsageError("--evaluate cannot be used with a batch", "Give each parameter one value")
    return run_evaluation.evaluate_runs(options, request)


def _execute_new(options: RunOptions, request: "RunRequest") -> int:
    """Starts, previews or resumes one run or a batch; returns the exit code."""
    from gage.cli.gagefile_warnings import warn_about_problems

    assert request.project is not None
    warn_about_problems(request.project, request.target)
    if options.resume is not None or any(can_be_batch(word) for word in request.assignments):
        from gage.cli.run import run_batch

        if options.resume is not None:
            if request.target or request.assignments or request.command:
                raise UsageError("--resume takes no operation, command or NAME=VALUE", "Try: gage run --resume BATCH")
            return run_batch.resume_batch(options.resume, request, options)
        job = run_batch.plan_if_batch(request, options)
        if job is not None:
            return run_batch.run_batch(job, options)
    from gage.cli.run import run_single

    used = _list_used(click.get_current_context())
    if option := next((name for name in _BATCH_ONLY if name in used), None):
        hint = "Try: gage run train.py lr=[0.1,0.01] --jobs 2"
        raise UsageError(f"{option} applies to a batch, but this is one run", hint)
    return run_single.run_once(request, options)


def can_be_batch(word: str) -> bool:
    """Returns whether a word may hold several values. A quick check: True may be wrong, False is not."""
    return word[:1] == "@" or not {",", "[", "("}.isdisjoint(word)


def _reject_contradictions(ctx: click.Context) -> None:
    """Raises UsageError for two options of `_EXCLUDES` that exclude each other."""
    used = _list_used(ctx)
    for option, excluded in _EXCLUDES.items():
        for other in excluded:
            if option in used and other in used:
                raise_exclusion(option, used[other])


def _list_used(ctx: click.Context) -> dict[str, str]:
    """Returns the options on the command line by name, with what to call them in a message."""
    used = {name: name for name in list_used_options(ctx)}
    if "--link" in used:
        used["--depends"] = "--link"
    if ctx.params["jobs"] == 1:
        used.pop("--jobs", None)
    if words := ctx.params["words"]:
        used["NAME=VALUE"] = "NAME=VALUE" if "=" in words[0] else repr(words[0])
    if ctx.meta[_AFTER_DASHES]:
        used["-- COMMAND"] = "-- COMMAND"
    return used
