"""Compares a run with the working tree of its project: source files and the defaults of its config."""

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from gage.compare.facts import Fact, FileContent, FileFact, FileText, RunFacts
from gage.compare.file_text import DESCRIBED_LIMIT, MAX_SOURCE_BYTES, UNREADABLE
from gage.lib.digests import digest_file
from gage.lib.secrets import mask_value
from gage.project.find import Project, load_gagefile
from gage.project.operation import find_operation
from gage.project.plan import select_operation_source
from gage.project.request import RunRequest
from gage.project.restart import list_project_dirs
from gage.project.run_config import find_parameters
from gage.store.meta import MetaReader
from gage.store.meta_writer import encode_json
from gage.store.store import RunStore
from gage.types.errors import NotFound
from gage.types.run import Run
from gage.types.values import ConfigValue, JSONValue, as_list, as_table

WORKING_SECTIONS = ("config", "source")
"""What a run and a working tree have in common."""
WORKING_TREE = "working tree"


def read_default_facts(store: RunStore, run: Run, facts: RunFacts) -> RunFacts:
    """Returns the facts of a run with the defaults of its config in place of the values that the user set."""
    defaults = {**run.config, **_read_set_defaults(store, run)}
    return facts._replace(sections={**facts.sections, "config": defaults})


def read_working_facts(store: RunStore, run: Run, cwd: Path) -> RunFacts:
    """Returns the facts of the working tree of the run's project, named by its directory. Raises NotFound, UsageError
    and ConfigError.
    """
    project = list_project_dirs(run, cwd)[0]
    request = RunRequest(run.op.name, cwd=project, project=Project(project, load_gagefile(project)), store=store.root)
    operation = find_operation(request)
    selected = select_operation_source(operation, request)
    set_by_user = _read_set_defaults(store, run)
    config: dict[str, Fact] = {}
    for each in find_parameters(operation).values:
        value = _normalize(each, each.default if each.name in set_by_user else each.value)
        if value is not None or each.name in run.config:
            config[each.name] = value
    source: dict[str, Fact] = {}
    for file in selected.files:
        try:
            source[file.path] = FileFact(digest_file(project / file.path), file.size)
        except OSError as e:
            raise NotFound(f"{file.path} cannot be read: {e.strerror}", "Check its permissions") from None
    sections = {"config": config, "source": source}
    return RunFacts(WORKING_TREE, str(project), sections, partial(_read_source, project), _read_no_output)


def _read_set_defaults(store: RunStore, run: Run) -> Mapping[str, JSONValue]:
    """Returns the program's defaults of the config values that the user set."""
    with MetaReader.open(store.get_paths(run.id)) as meta:
        settings = as_list(as_table(meta.read_json("plan.json")).get("settings"))
    records = map(as_table, settings)
    return {str(each.get("name")): each.get("default") for each in records if each.get("given")}


def _normalize(config: ConfigValue, value: JSONValue) -> JSONValue:
    """Returns a value as a run records it."""
    plain: JSONValue = json.loads(encode_json(value))
    return mask_value(config.name, plain) if isinstance(plain, str) else plain


def _read_source(project: Path, path: str) -> FileContent:
    try:
        if os.stat(project / path).st_size > MAX_SOURCE_BYTES:
            return FileContent(None, DESCRIBED_LIMIT)
        return FileContent((project / path).read_bytes())
    except OSError:
        return FileContent(None, UNREADABLE)


def _read_no_output(phase: str) -> FileText:
    return FileText(None)
