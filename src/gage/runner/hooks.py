"""Commands of a run: how they are started, what environment they get, and the hooks around the program."""

import os
import re
from collections.abc import Mapping

from gage.config.placeholders import word
from gage.lib import secrets
from gage.runner.channels import Command
from gage.runner.job import Job
from gage.runner.process import run_process
from gage.types.errors import RunFailed
from gage.types.opdef import Exec, Hook


def run_hook(job: Job, hook: Hook) -> None:
    """Run a hook of the operation, if it has it. Raises RunFailed with its exit code when it fails."""
    command = job.plan.hooks.get(hook)
    if command is None:
        return
    job.log(f"Running {hook}")
    code = run_command(job, command, hook)
    if code:
        raise RunFailed(f"{hook} failed with exit code {shell_code(code)}", code=code)


def run_command(job: Job, command: Exec, phase: Hook, max_time: float | None = None) -> int:
    """Run a command of the run, capturing what it writes as output of `phase`; its exit code (negative: signal)."""
    env = environment(job)
    argv = words(job, command, phase)
    if phase == "run":
        job.dir.write_json("proc/env.json", secrets.mask_env(env))
    writer = job.dir.output_writer(phase)
    try:
        command_line = Command(argv, job.cwd, env, max_time)
        return run_process(command_line, job.streams, writer, job.events, job.dir.beat, job.told)
    finally:
        job.dir.end_output(phase)


def words(job: Job, command: Exec, phase: str) -> list[str]:
    """The command as an argument list."""
    if command.args:
        return list(command.args)
    if not command.is_script:
        return (
            [os.environ.get("COMSPEC", "cmd"), "/c", command.shell]
            if os.name == "nt"
            else ["/bin/sh", "-c", command.shell]
        )
    name = f"script/{phase}"
    job.dir.write(name, command.shell)
    path = job.dir.paths.meta_dir / name
    path.chmod(0o700)
    return [str(path)]


def environment(job: Job) -> dict[str, str]:
    """The program's environment: the user's own, the plan's variables, and where and what the run is."""
    plan = job.plan
    env = {**os.environ, **plan.env}
    if "PWD" in env:
        env["PWD"] = job.cwd
    env["RUN_DIR"] = str(job.dir.path)
    env["RUN_ID"] = job.dir.id
    env["PROJECT_DIR"] = plan.project_dir
    env["GAGE_RUNS"] = str(job.store.root)
    env.update(flags({s.name: word(s.value) for s in plan.settings if s.value is not None}))
    if not job.streams.out_is_terminal:
        env.setdefault("PYTHONUNBUFFERED", "1")
    return {n: v for n, v in env.items() if "\0" not in v}


def flags(values: Mapping[str, str]) -> dict[str, str]:
    """Config values as FLAG_<NAME> variables."""
    return {f"FLAG_{re.sub(r'[^A-Za-z0-9_]', '_', n).upper()}": v for n, v in values.items()}


def shell_code(code: int) -> int:
    """The exit code as a shell reports it: 128 + the signal's number for one."""
    return 128 - code if code < 0 else code
