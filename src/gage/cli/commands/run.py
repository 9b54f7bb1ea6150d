"""`gage run`."""

from typing import TYPE_CHECKING

import click

from gage.cli.command import GageCommand, gage_command, json_option, parse_count, reject_together, yes_option
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.cli.run.run_batch import BatchOptions
    from gage.cli.run.run_single import RunOptions
    from gage.project.request import RunRequest

_AFTER = "gage.after-dashes"
_ANY_TOOL = "any"
_TOOLS = ("pdb", "debugpy")
_EXAMPLES = (
    "gage run train.py lr=0.1",
    "gage run train.py lr=0.1 --label 'slow and steady' --tag paper",
    "gage run train.py --preview",
    "gage run -- make all",
    "gage run train.py --stage",
    "gage run train.py --debug pdb",
    "gage run train.py lr=[0.1,0.01] --jobs 2",
    "gage run --start 1",
    "gage run --restart 1 lr=0.2",
    "gage run --resume-from 1 epochs=20",
)


class RunLine(GageCommand):
    """Keeps apart what comes after `--`, which is a command and none of Gage's business."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what comes before `--`; the rest is kept in the context."""
        args = _with_tool(args)
        at = args.index("--") if "--" in args else len(args)
        ctx.meta[_AFTER] = tuple(args[at + 1 :]) if at < len(args) else None
        return super().parse_args(ctx, args[:at])


def _with_tool(args: list[str]) -> list[str]:
    """`--debug` may stand alone: then the next word is no value of its, unless it names a debugger."""
    end = args.index("--") if "--" in args else len(args)
    at = args.index("--debug") if "--debug" in args[:end] else -1
    if at < 0:
        return args
    tool = args[at + 1] if at + 1 < end and args[at + 1] in _TOOLS else ""
    return [*args[:at], f"--debug={tool or _ANY_TOOL}", *args[at + (2 if tool else 1) :]]


@gage_command("run", *_EXAMPLES, cls=RunLine)
@click.argument("words", metavar="[OPERATION|SCRIPT] [NAME=VALUE]... [-- COMMAND]", nargs=-1)
@yes_option
@click.option("--preview", is_flag=True, help="Show all that would happen, and do nothing.")
@click.option("--help-op", is_flag=True, help="Tell what can be set for the operation or script.")
@json_option
@click.option("-l", "--label", metavar="TEXT", help="Give the run a label.")
@click.option("-t", "--tag", "tags", metavar="TAG", multiple=True, help="Give the run a tag (repeatable).")
@click.option(
    "--attr", "attributes", metavar="NAME=VALUE", multiple=True, help="Note an attribute of the run (repeatable)."
)
@click.option("--stage", is_flag=True, help="Make the run ready, but do not start it.")
@click.option("--start", metavar="RUN", help="Start a staged run.")
@click.option("--restart", metavar="RUN", help="Make a new run from an earlier one: its config and source code.")
@click.option("--resume-from", metavar="RUN", help="The same, and take the files that it left, to go on with them.")
@click.option("--latest-source", is_flag=True, help="With --restart: take the project's source code as it is now.")
@click.option("-j", "--jobs", type=parse_count, metavar="N", default="1", help="Do N runs of a batch at a time.")
@click.option("--max-runs", type=parse_count, metavar="N", help="Do at most N runs of a batch.")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="What is drawn at random depends on N alone.")
@click.option("--zip", "zipped", is_flag=True, help="Take batch files row by row, and not every row with every other.")
@click.option("--fail-fast", is_flag=True, help="Begin no more runs of a batch after one has failed.")
@click.option("--resume", metavar="BATCH", help="Do what is missing of a batch, and nothing twice.")
@click.option("--needed", is_flag=True, help="Run only if no completed run has the same operation, config and code.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show what the program prints.")
@click.option("-b", "--background", is_flag=True, help="Start the run and come back at once.")
@click.option(
    "--debug",
    type=click.Choice((*_TOOLS, _ANY_TOOL)),
    metavar="[pdb|debugpy]",
    help="Wait for a debugger to attach, or start under pdb.",
)
@click.option("--run-dir", metavar="DIR", help="Make DIR a link to the run's folder.")
@click.option("-e", "--env", metavar="NAME=VALUE", multiple=True, help="Set an environment variable (repeatable).")
@click.option("--max-time", metavar="TIME", help="End the run after TIME, such as 90, 10m or 2h.")
@click.option("--link", "links", metavar="PATH", multiple=True, help="Bring a project file or folder (repeatable).")
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    yes: bool,
    preview: bool,
    help_op: bool,
    as_json: bool,
    label: str | None,
    tags: tuple[str, ...],
    attributes: tuple[str, ...],
    stage: bool,
    start: str | None,
    restart: str | None,
    resume_from: str | None,
    latest_source: bool,
    jobs: int,
    max_runs: int | None,
    seed: int | None,
    zipped: bool,
    fail_fast: bool,
    resume: str | None,
    needed: bool,
    quiet: bool,
    background: bool,
    debug: str | None,
    run_dir: str | None,
    env: tuple[str, ...],
    max_time: str | None,
    links: tuple[str, ...],
) -> None:
    """Run an operation of the Gage file, a script, or any command after --.

    NAME=VALUE gives values of the operation's config: variables at the top of a script, or its arguments. Several
    values, such as lr=[0.1,0.01], or a file of them, @trials.csv, make a batch of runs: see 'gage help batches'.
    """
    after = ctx.meta[_AFTER]
    reject_together(("--preview", preview), ("--stage", stage), ("--background", background))
    _refuse_with("--debug", debug, start=start, stage=stage, background=background, quiet=quiet, preview=preview)
    _refuse_with("--restart", restart, resume_from=resume_from)
    _refuse_with("--restart", restart, start=start, needed=needed, link=links, help_op=help_op)
    _refuse_with("--resume-from", resume_from, start=start, needed=needed, link=links, help_op=help_op)
    if start is not None:
        _refuse_with_start(words, after, label, tags, attributes, stage, needed, preview, env, max_time, links, run_dir)
    reject_together(("--help-op", help_op), ("--preview", preview), ("--stage", stage), ("--start", start))
    if as_json and not (preview or help_op):
        raise UsageError("--json is for --preview and --help-op", "Try: gage run --preview --json")
    from gage.cli.run import run_single

    tool = "" if debug == _ANY_TOOL else debug
    how = run_single.RunOptions(
        yes=yes, quiet=quiet, needed=needed, stage=stage, background=background, run_dir_link=run_dir, debug=tool
    )
    if start is not None:
        raise click.exceptions.Exit(run_single.start_staged(start, how))
    from gage.cli.run.run_batch import BatchOptions

    options = BatchOptions(jobs, max_runs, seed, zipped, fail_fast)
    request = run_single.build_request(words, after, label or "", tags, env, max_time, links, attributes)
    if restart is not None or resume_from is not None or latest_source:
        from gage.cli.run import run_restart

        again = run_restart.parse_options(restart, resume_from, latest_source)
        reject_together((again.option, True), ("--resume", resume is not None))
        reject_together((again.option, True), (options.first_given, options.first_given))
        raise click.exceptions.Exit(
            run_restart.preview_restart(again, request, as_json)
            if preview
            else run_restart.restart_run(again, request, how)
        )
    if help_op:
        from gage.cli.run.operation_help import print_operation_help

        print_operation_help(request, as_json)
        return
    if resume is not None:
        _refuse_with("--resume", resume, max_runs=max_runs, seed=seed, zip=zipped, stage=stage, debug=debug)
    raise click.exceptions.Exit(_do(request, how, options, resume, preview, as_json))


def _do(
    request: "RunRequest", how: "RunOptions", options: "BatchOptions", resume: str | None, preview: bool, as_json: bool
) -> int:
    """One run, or a batch of them; the exit code."""
    from gage.cli.run import run_batch, run_single

    if resume is not None:
        if request.target or request.assignments or request.command:
            raise UsageError("--resume knows what to run", "Try: gage run --resume BATCH")
        return run_batch.resume_batch(resume, request, options, how, preview, as_json)
    found = run_batch.plan_if_batch(request, options)
    if found is None and options.first_given:
        raise UsageError(f"{options.first_given} is for several runs", "Try: gage run train.py lr=[0.1,0.01] --jobs 2")
    if preview:
        if found:
            run_batch.preview_batch(found[0], as_json)
        else:
            run_single.preview_run(request, as_json)
        return 0
    if found is None:
        return run_single.run_once(request, how)
    reject_together(("--debug", how.debug is not None), ("several runs", True))
    reject_together(("--run-dir", how.run_dir_link), ("several runs", True))
    return run_batch.start_batch(request, *found, options, how)


def _refuse_with(option: str, given: str | None, **others: object) -> None:
    """Refuse options that an option leaves no sense to."""
    for name, value in others.items():
        reject_together((option, given is not None), (f"--{name.replace('_', '-')}", value))


def _refuse_with_start(words: tuple[str, ...], after: object, *values: object) -> None:
    """A staged run has been decided on: only how it is shown can still be said."""
    if words:
        given = "NAME=VALUE" if "=" in words[0] else repr(words[0])
        reject_together(("--start", True), (given, True))
    reject_together(("--start", True), ("-- COMMAND", after))
    names = (
        "--label",
        "--tag",
        "--attr",
        "--stage",
        "--needed",
        "--preview",
        "--env",
        "--max-time",
        "--link",
        "--run-dir",
    )
    for name, value in zip(names, values, strict=True):
        reject_together(("--start", True), (name, value))
