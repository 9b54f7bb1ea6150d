"""Turns every error into a message on standard error and an exit code."""

import errno
import os
import re
import sys
from collections.abc import Callable

import click

from gage.cli.render import terminal
from gage.types.errors import GageError

EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
"""As a shell sees a program that SIGPIPE ended."""

_EXTRA_ARGUMENTS = "Got unexpected extra argument"
"""How click starts its message about surplus arguments."""

ARGS = "gage.args"
"""The key in a context's `meta` of the arguments of `gage run` as typed."""
BUG_NOTICE = "This is a bug in Gage"


def run_with_exit_code(command: Callable[[], object]) -> int:
    """Calls `command`, reports its error, and returns the exit code. Never raises."""
    terminal.prepare_streams()
    try:
        command()
        sys.stdout.flush()
        return 0
    except BaseException as e:
        return report_error(e)


def report_error(error: BaseException) -> int:
    """Prints an error and returns its exit code. Never raises."""
    if isinstance(error, BrokenPipeError):
        _discard_stdout()
        return EXIT_BROKEN_PIPE
    if os.environ.get("GAGE_DEBUG") and not isinstance(error, click.exceptions.Exit | SystemExit):
        import traceback

        traceback.print_exc()
    message, hint, code = describe_error(error)
    message = _shorten_names(message)
    try:
        sys.stdout.flush()
        if message:
            terminal.print_stderr(message, hint)
    except OSError:
        _discard_stdout()
    return code


def _shorten_names(message: str) -> str:
    """Returns a message with names of over 160 characters cut."""
    return re.sub(r"([^\s/'\"]{100})[^\s/'\"]{60,}", r"\1…", message)


def describe_error(error: BaseException) -> tuple[str, str, int]:
    """Returns message, hint and exit code of an error. The message is empty for a plain exit."""
    match error:
        case GageError():
            return error.message, error.hint, error.code
        case click.exceptions.Exit():
            return "", "", error.exit_code
        case click.ClickException():
            return _describe_usage_error(error)
        case KeyboardInterrupt() | click.Abort() | EOFError():
            return "Interrupted", "", EXIT_INTERRUPTED
        case SystemExit():
            return "", "", error.code if isinstance(error.code, int) else 1
        case MemoryError():
            return "Out of memory", "", 1
        case OSError():
            return (*_describe_os_error(error), 1)
        case _:
            return f"Unexpected error: {type(error).__name__}: {error}", f"{BUG_NOTICE}{_write_report(error)}", 1


def _write_report(error: BaseException) -> str:
    """Writes the traceback to a file, with secrets masked; returns where it is, for the hint."""
    try:
        import platform
        import tempfile
        import traceback

        from gage import __version__
        from gage.lib.secrets import mask_args, mask_text

        where = "".join(traceback.format_exception(error))
        text = f"gage {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        text += f"{mask_args(sys.argv)}\n\n{mask_text(where)}"
        fd, path = tempfile.mkstemp(prefix="gage-error-", suffix=".txt", text=True)
        with open(fd, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        return f"; the traceback is in {path}"
    except Exception:  # an error in reporting must not hide the first one
        return ": set GAGE_DEBUG=1 to see the traceback"


def _describe_usage_error(error: click.ClickException) -> tuple[str, str, int]:
    """Returns message, hint and exit code for what click rejected."""
    from gage.cli.foreign_words import find_option_hint

    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx else "gage"
    hint = f"Try: {path} --help"
    match error:
        case click.NoSuchOption():
            near = error.possibilities[0] if error.possibilities else ""
            hint = f"Did you mean {near}?" if near else hint
            if ctx and ctx.info_name == "run":  # people write a program's options as they are used to
                from gage.cli.run.suggest_command import suggest_run

                hint = suggest_run(ctx, error.option_name)
            else:
                hint = find_option_hint(ctx.info_name or "" if ctx else "", error.option_name) or hint
            return f"Unknown option {error.option_name}", hint, 2
        case click.BadOptionUsage():
            takes = "does not take a value" if "does not take" in error.message else "requires a value"
            return f"{error.option_name} {takes}", hint, 2
        case click.MissingParameter() if error.param is not None:
            return f"Missing argument {error.param.make_metavar(ctx) if ctx else error.param.name}", hint, 2
        case click.BadParameter() if error.param is not None:
            name = error.param.opts[-1] if error.param.param_type_name == "option" else error.param.human_readable_name
            return f"{name}: {_capitalize(error.message)}", hint, 2
        case click.UsageError() if error.message.startswith(_EXTRA_ARGUMENTS):
            words = error.message.removeprefix(_EXTRA_ARGUMENTS).partition("(")[2].rstrip(".").removesuffix(")")
            takes_one = ctx is not None and any(param.name == "run" for param in ctx.command.params)
            return f"Unexpected argument: {words}", f"{path} takes one run" if takes_one else hint, 2
        case _:
            return _capitalize(error.format_message()), hint, error.exit_code


def _capitalize(text: str) -> str:
    text = text.strip().removesuffix(".")
    return text[:1].upper() + text[1:]


def _describe_os_error(error: OSError) -> tuple[str, str]:
    """Returns message and hint for an error of the system."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if os.path.basename(path).startswith(".tmp-"):  # a file that was about to be written: its directory is at fault
        path = os.path.dirname(path)
    where = f" ({path})" if path else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full{where}", "Free some space and try again"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{error.strerror}{where}", "Check its permissions"
    if error.errno == errno.EROFS:
        return f"The disk is read-only{where}", "Use another runs directory: --runs DIR"
    return f"{error.strerror or error}{where}", ""


def _discard_stdout() -> None:
    """Sends standard output to the null device, so that the interpreter's last flush does not fail."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
    except OSError:
        pass  # then the interpreter reports the failed flush
