"""Words of other tools, of Gage 0.1 and of later versions, and what to type here instead.

Loaded only to explain an error. Knows words and hints, no command.
"""

_VIEW = "Try: gage view"
_REPOS = "Runs are plain files: any tool can copy them, see 'gage help repos'"
_ACCOUNT = "Gage has no account and no server: start with 'gage run train.py'"
_OPTIMIZE = "There is no optimizer yet. Try: gage run train.py lr=loguniform[1e-4:0.1] --max-runs 10"

_BEST = "Try: gage best loss"
_SORT = "Try: gage list --sort loss --columns loss,lr --limit 5"

COMMAND_HINTS = {
    **dict.fromkeys(("ui", "server", "serve", "dashboard", "web", "up"), _VIEW),
    **dict.fromkeys(("mlflow", "wandb", "guild", "dvc", "aim", "clearml", "sacred", "neptune", "comet"), _ACCOUNT),
    **dict.fromkeys(("login", "logout", "signup", "auth", "whoami", "online", "offline"), _ACCOUNT),
    **dict.fromkeys(("push", "pull", "sync", "copy", "cp", "backup", "remote", "remotes", "repos", "repo"), _REPOS),
    **dict.fromkeys(("optimize", "sweep", "sweeps", "agent", "search", "tune", "hpo"), _OPTIMIZE),
    "tensorboard": "Try 'gage view'; TensorBoard reads the directory that 'gage select --run-dir' prints",
    **dict.fromkeys(("boards", "leaderboard"), "Try: gage board"),
    "export": "Use 'gage metrics --csv' or 'gage list --csv'; see 'gage help repos' for whole runs",
    "import": "See 'gage help repos' for how to bring in runs of another store",
    "publish": "There is no publishing yet; see 'gage help repos'",
    "share": "There is no sharing yet; see 'gage help repos'",
    "shell": "Try: cd $(gage select --run-dir)",
    "cd": "Try: cd $(gage select --run-dir)",
    "util": "Try: gage check",
    "info": "Try: gage show",
    "status": "Use 'gage list' or 'gage show'",
    "ps": "Try: gage list --where running",
    "history": "Try: gage list",
    "log": "Use 'gage cat --output' or 'gage list'",
    "logs": "Use 'gage cat --output' or 'gage watch'",
    "tail": "Try: gage watch",
    "output": "Try: gage cat --output",
    "kill": "Try: gage stop",
    "undelete": "Try: gage restore",
    "unarchive": "Try: gage archive --restore",
    "mv": "Try: gage archive",
    "edit": "Use 'gage label', 'gage tag' or 'gage comment'",
    "annotate": "Use 'gage label', 'gage tag' or 'gage comment'",
    "note": "Try: gage comment",
    "rename": "Try: gage label 1 'my name for it'",
    "exec": "Try: gage run -- COMMAND",
    "train": "Try: gage run train.py",
    "start": "Use 'gage run SCRIPT', or 'gage run --start 1' for a staged run",
    "rerun": "Try: gage run --restart 1",
    "restart": "Try: gage run --restart 1",
    "resume": "Use 'gage run --resume-from 1', or 'gage run --resume 1' for a batch",
    "stage": "Try: gage run SCRIPT --stage",
    "queue": "There is no queue yet: use 'gage run SCRIPT --stage', then 'gage run --start 1'",
    "params": "Try: gage config SCRIPT",
    "flags": "Try: gage config SCRIPT",
    "artifacts": "Try: gage show --files",
    "files": "Try: gage show --files",
    "scalars": "Try: gage metrics",
    "experiments": "Try: gage list",
    "projects": "Try: gage list --project DIR",
    "doctor": "Try: gage check",
    "settings": "See 'gage help environment'",
    "version": "Try: gage --version",
    **dict.fromkeys(("top", "rank", "ranking"), _BEST),
    **dict.fromkeys(("undo", "recover"), "Try: gage restore"),
    **dict.fromkeys(("clean", "gc", "prune"), "Use 'gage delete' and 'gage purge'"),
    **dict.fromkeys(("star", "pin", "favorite"), "Try: gage mark 1"),
    **dict.fromkeys(("follow", "attach"), "Try: gage watch"),
    **dict.fromkeys(("exp", "repro"), "Use 'gage run train.py lr=0.1' and 'gage list'"),
    **dict.fromkeys(("plots", "curves"), "Try: gage plot loss"),
    **dict.fromkeys(("python", "python3", "bash", "sh"), "Try: gage run -- COMMAND"),
    "du": "Try: du -sh $(gage select --run-dir)",
    "name": "Try: gage label 1 'my name for it'",
    "download": _REPOS,
    "deps": "Use 'gage show' or 'gage run SCRIPT --preview'",
}
"""Words in the place of a command → hint."""

RUNS_HINTS = {
    **dict.fromkeys(("rm", "delete", "del"), "Try: gage delete 1"),
    **{name: f"Try: gage {name}" for name in ("label", "tag", "mark", "comment", "archive", "stop", "restore")},
    "info": "Try: gage show",
    "show": "Try: gage show",
    "purge": "Try: gage purge",
    "list": "Try: gage list",
    "diff": "Try: gage diff 2 1",
    "compare": "Try: gage compare 1:5",
    **dict.fromkeys(("push", "pull", "export", "import"), _REPOS),
}
"""Words after `gage runs`, which is `gage list` here and a group of commands in Guild → hint."""

OPTION_HINTS = {
    "run": {
        **dict.fromkeys(("--trials", "--max-trials"), "Try: --max-runs N"),
        **dict.fromkeys(("--rerun", "--proto"), "Try: gage run --restart 1"),
        **dict.fromkeys(("--minimize", "--maximize", "--optimize", "--optimizer"), _OPTIMIZE),
        **dict.fromkeys(("--group", "--job-type"), "Try: --tag NAME"),
        **dict.fromkeys(("--gpus", "--gpu"), "Try: --env CUDA_VISIBLE_DEVICES=0"),
        "--detach": "Try: --background",
        **dict.fromkeys(("--print-cmd", "--print-env"), "Try: --preview"),
        **dict.fromkeys(("--dry-run", "--dry", "--print", "--show", "--what-if", "--no-run"), "Try: --preview"),
        "-s": "Try: --stage",
        "--batch": "Name a file of trials with @, as in 'gage run train.py @trials.csv'",
        "--force-flags": "Try: NAME:=VALUE",
        "--no-wait": "Try: --background",
        **dict.fromkeys(
            ("--experiment-name", "--run-name", "--name", "--title", "--display-name"), "Try: --label TEXT"
        ),
        **dict.fromkeys(("--comment", "--description", "--notes"), "Try: gage comment 1 TEXT, after the run"),
    },
    "list": {
        **dict.fromkeys(
            ("--sort-by", "--order", "--order-by", "--reverse", "--asc", "--desc", "-S"),
            _SORT,
        ),
        **dict.fromkeys(("--best", "--top"), _BEST),
        **dict.fromkeys(("--last", "--head", "--count", "--num"), "Try: gage list --limit 5"),
        **dict.fromkeys(("-F", "-Fo", "--filter", "--operation"), "Try: gage list --where op=train.py"),
        **dict.fromkeys(("-Fl", "--label"), "Try: gage list --where 'label=TEXT'"),
        **dict.fromkeys(("-Ft", "--tag"), "Try: gage list --where tag=TAG"),
        **dict.fromkeys(("-Fm", "--marked"), "Try: gage list --where marked"),
        **dict.fromkeys(
            ("-Sc", "-Se", "-Sr", "-St", "-Ss", "--status", "--completed", "--error", "--running", "--terminated"),
            "Use 'gage list --where completed', or another status: see 'gage help runs'",
        ),
    },
    "best": {
        **dict.fromkeys(("--metric", "-m"), _BEST),
        **dict.fromkeys(("--top", "--num"), "Try: gage best loss --limit 5"),
    },
}
"""Command → options of other tools that few programs have → hint. Of joined short options, such as -Fo, click
names the first."""


RUN_COMMANDS = (
    *("show", "cat", "open", "diff", "metrics", "media", "list", "label", "tag", "mark", "comment", "attr"),
    *("delete", "restore", "purge", "archive", "stop", "watch"),
)
"""Commands whose arguments are runs."""


def find_option_hint(command: str, option: str) -> str:
    """Returns what to type instead of an option that Gage does not have; "" for an option of no known tool."""
    if command in RUN_COMMANDS and option in ("--run", "--run-id", "--id", "-r", "--name"):
        return f"Try: gage {command} 1"
    return OPTION_HINTS.get(command, {}).get(option, "")
