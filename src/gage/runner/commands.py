"""Commands of a run: how they are started, what environment they get, and the hooks around the program."""

import os
import re
from collections.abc import Mapping, Sequence

from gage.assignments.placeholders import value_to_text
from gage.lib import secrets
from gage.lib.command import parse_command
from gage.lib.times import now_us
from gage.runner.job import Job
from gage.runner.metrics_thread import MetricsTee
from gage.runner.process import run_process
from gage.runner.stdio import ProcessSpec
from gage.store import manifest
from gage.types.errors import RunFailed
from gage.types.opdef import Exec, Hook
from gage.types.run import ManifestEntry

HOOK_FILE_KINDS = {"stage-sourcecode": "s", "stage-runtime": "r", "stage-dependencies": "d"}
"""The kind of the files that a hook makes."""


def run_hook(job: Job, hook: Hook) -> None:
    """Run a hook of the operation, if it has it. Raises RunFailed with its exit code when it fails."""
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
    """What a hook put into the run directory is of its kind; what it changed is as it is now."""
    for path, _ in list(manifest.walk_files(job.dir.path)):
        if path in job.copied_states:
            continue
        if job.is_newer(path, since) and (digested := manifest.digest_regular_file(job.dir.path / path)) is not None:
            known = job.entries.get(path)
            job.entries[path] = ManifestEntry(known.kind if known else kind, *digested, path)


def run_command(job: Job, command: Exec, phase: Hook, max_time: float | None = None) -> int:
    """Run a command of the run, capturing what it writes as output of `phase`; its exit code (negative: signal)."""
    folder = job.working_dir(phase)
    os.makedirs(folder, exist_ok=True)
    env = build_environment(job, folder)
    argv = build_argv(job, command, phase)
    if phase == "run":
        job.dir.write_json("proc/env.json", secrets.mask_env(env))
    kept = job.dir.open_output_writer(phase)
    writer = MetricsTee(kept, job.metrics) if phase == "run" else kept
    try:
        command_line = ProcessSpec(argv, folder, env, max_time, job.streams.debugging)
        return run_process(command_line, job.streams, writer, job.events, job.dir.renew_heartbeat, job.signals)
    finally:
        job.dir.end_output(phase)
        if command.is_script:
            job.dir.remove(_script_name(phase))


def build_argv(job: Job, command: Exec, phase: str) -> list[str]:
    """The command as an argument list."""
    if command.args:
        return _add_notebook_executor(command.args)
    if not command.is_script:
        return ["/bin/sh", "-c", command.shell]
    job.dir.write(_script_name(phase), command.shell)
    path = job.dir.paths.meta_dir / _script_name(phase)
    # as the system does it, but also where files of the store may not be executed
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


def build_environment(job: Job, folder: str) -> dict[str, str]:
    """The program's environment: the user's own, the plan's variables, and where and what the run is."""
    plan = job.plan
    env = {**os.environ, **plan.env}
    if "PWD" in env:
        env["PWD"] = folder
    env["RUN_DIR"] = str(job.dir.path)
    env["RUN_ID"] = job.dir.id
    env.pop("PROJECT_DIR", None)
    if plan.project_dir:
        env["PROJECT_DIR"] = plan.project_dir
    env["GAGE_RUNS"] = str(job.store.root)
    env.update(
        build_flag_variables({s.name: value_to_text(s.value) for s in plan.config_values if s.value is not None})
    )
    if not job.streams.out_is_terminal:
        env.setdefault("PYTHONUNBUFFERED", "1")
    return {n: v for n, v in env.items() if "\0" not in v}


def build_flag_variables(values: Mapping[str, str]) -> dict[str, str]:
    """Config values as FLAG_<NAME> variables."""
    return {f"FLAG_{re.sub(r'[^A-Za-z0-9_]', '_', n).upper()}": v for n, v in values.items()}


def to_shell_code(code: int) -> int:
    """The exit code as a shell reports it: 128 + the signal's number for one."""
    return 128 - code if code < 0 else code
