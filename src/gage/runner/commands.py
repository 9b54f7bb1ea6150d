"""Runs the commands of a run, the program and the hooks around it, and builds their arguments and environment."""

import os
from collections.abc import Callable, Mapping, Sequence

from gage.assignments.placeholders import format_value
from gage.lib.command import parse_command
from gage.lib.processes import has_redirected_input
from gage.lib.times import now_us
from gage.runner import plan_secrets
from gage.runner.end_reason import describe_end
from gage.runner.job import Job
from gage.runner.process import ProcessPump
from gage.runner.stdio import ProcessSpec
from gage.store import manifest
from gage.types.errors import RunFailed
from gage.types.opdef import Exec, Hook
from gage.types.run import ManifestEntry

HOOK_FILE_KINDS = {"stage-sourcecode": "s", "stage-runtime": "r", "stage-dependencies": "d"}
"""Hook → manifest kind of the files that it creates."""


def run_hook(job: Job, hook: Hook) -> None:
    """Runs a hook if the operation has it. Raises RunFailed with its exit code when it fails."""
    command = job.plan.hooks.get(hook)
    if command is None:
        return
    job.log(f"Running {hook}")
    began = now_us()
    code = run_command(job, command, hook)
    if code:
        raise RunFailed(f"{hook} failed with exit code {to_shell_code(code)}", code=code)
    _record_hook_files(job, HOOK_FILE_KINDS[hook], began)


def _record_hook_files(job: Job, kind: str, since: int) -> None:
    """Adds the files that a hook created or changed to the manifest entries."""
    for path, _ in list(manifest.walk_files(job.dir.path)):
        if path in job.copied_states:
            continue
        if job.is_newer(path, since) and (digested := manifest.digest_regular_file(job.dir.path / path)) is not None:
            known = job.entries.get(path)
            job.entries[path] = ManifestEntry(known.kind if known else kind, *digested, path)


def run_command(
    job: Job, command: Exec, phase: Hook, max_time: float | None = None, on_start: Callable[[], None] | None = None
) -> int:
    """Runs a command of the run and captures its output as that of `phase`. Returns its exit code; -N for signal N.

    `on_start` is called in a thread as soon as the command runs.
    """
    directory = job.working_dir(phase)
    os.makedirs(directory, exist_ok=True)
    env = build_environment(job, directory)
    argv = build_argv(job, command, phase)
    if phase == "run":
        if has_redirected_input():
            job.dir.write("proc/stdin", b"")
        job.dir.write_json("proc/env.json", plan_secrets.mask_env(job.plan, env))
    writer = job.dir.open_output_writer(phase, job.metrics.output.put if job.metrics and phase == "run" else None)
    try:
        spec = ProcessSpec(argv, directory, env, max_time)
        heartbeat = job.dir.renew_heartbeat
        pump = ProcessPump(spec, job.streams, writer, job.events, heartbeat, job.signals, on_start)
        if job.metrics:
            job.metrics.reader_pid = pump.reader.pid
        code = pump.run()
        if pump.reader.is_process_lost:
            _report(job, f"The process of Gage that read the output of {phase} was killed: some output may be missing")
        if pump.is_output_open and not job.signals.signal_number:
            _report(
                job,
                f"The command of {phase} has ended, but processes that it started have not: from now on, "
                "their output is not recorded",
            )
        if code and phase == "run":
            limit = max_time if pump.is_time_over else None
            job.reason = describe_end(code, job.signals.signal_number, limit, pump.stderr_tail)
        return code
    finally:
        job.writers[phase] = writer
        job.dir.end_output(phase)
        if command.is_script:
            job.dir.remove(_script_name(phase))


def _report(job: Job, text: str) -> None:
    """Writes a notice to the run's log and to the user."""
    job.log(text)
    job.events.notice(text)


def build_argv(job: Job, command: Exec, phase: str) -> list[str]:
    """Returns the argument list of a command."""
    if command.args:
        return _add_notebook_executor(command.args)
    if not command.is_script:
        return ["/bin/sh", "-c", command.shell]
    job.dir.write(_script_name(phase), command.shell)
    path = job.dir.paths.meta_dir / _script_name(phase)
    # as the kernel runs a script, but also on file systems that forbid to execute files
    interpreter, _, argument = command.shell[2:].partition("\n")[0].strip().partition(" ")
    return [interpreter, *filter(None, [argument.strip()]), str(path)]


def _add_notebook_executor(args: Sequence[str]) -> list[str]:
    """`python train.ipynb` with Gage's notebook executor, at the path that it has on this machine."""
    command = parse_command(args)
    if command.target is None or command.interpreter is None or not (command.script or "").endswith(".ipynb"):
        return [*args]
    executor = os.path.join(os.path.dirname(__file__), "notebook_executor")
    return [*args[: command.target], executor, *args[command.target :]]


def _script_name(phase: str) -> str:
    return f"script/{phase}"


def build_environment(job: Job, directory: str) -> dict[str, str]:
    """Returns a command's environment: the user's own, the plan's variables, and those that describe the run."""
    plan = job.plan
    env = {**os.environ, **plan.env}
    if "PWD" in env:
        env["PWD"] = directory
    env["RUN_DIR"] = str(job.dir.path)
    env["RUN_ID"] = job.dir.id
    env.pop("PROJECT_DIR", None)
    if plan.project_dir:
        env["PROJECT_DIR"] = plan.project_dir
    env["GAGE_RUNS"] = str(job.store.root)
    env.update(build_flag_variables({s.name: format_value(s.value) for s in plan.config_values if s.value is not None}))
    if not job.streams.out_is_terminal:
        env.setdefault("PYTHONUNBUFFERED", "1")
    return {n: v for n, v in env.items() if "\0" not in v}


def build_flag_variables(values: Mapping[str, str]) -> dict[str, str]:
    """Returns config values as FLAG_<NAME> variables."""
    return {f"FLAG_{_to_identifier(name).upper()}": value for name, value in values.items()}


def _to_identifier(name: str) -> str:
    """Returns the name with "_" for all but letters and digits of ASCII."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name)


def to_shell_code(code: int) -> int:
    """Returns the exit code as a shell reports it: 128 + N for signal N."""
    return 128 - code if code < 0 else code
