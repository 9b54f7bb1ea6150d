"""The table of all routes of the API. The application, the OpenAPI document and docs/api.md are made from it.

A route has a function `answer(stores, query)`. The annotations of the function say what it takes and returns: a record
of the query or the body, and a record of the answer, or `RawAnswer` for bytes.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from gage.view.answer_boards import list_project_boards, save_view_as_board, show_board
from gage.view.answer_changes import apply_run_change, revert_run_change, stop_runs
from gage.view.answer_compare import compare_chosen_runs
from gage.view.answer_curves import read_curves
from gage.view.answer_diff import compare_sections
from gage.view.answer_fields import list_completions, list_fields
from gage.view.answer_files import list_directory, render_markdown, send_run_file
from gage.view.answer_groups import find_groups
from gage.view.answer_media import list_media_names, read_histogram, read_media, send_medium, send_thumbnail
from gage.view.answer_output import read_output_page, search_output
from gage.view.answer_ranking import build_chosen_pivot, rank_chosen_runs
from gage.view.answer_run import describe_lineage, describe_run, list_system_metrics
from gage.view.answer_runs import list_ids, list_runs
from gage.view.answer_session import describe_session
from gage.view.answer_source import describe_environment, list_source, read_git_diff, read_source
from gage.view.answer_sparklines import read_sparklines


class Route(NamedTuple):
    """A route. The first line of the docstring of `answer` is its summary. `writes`: it changes runs."""

    method: Literal["GET", "POST"]
    path: str
    answer: Callable[..., object]
    writes: bool = False


ROUTES = (
    Route("GET", "/api/session", describe_session),
    Route("GET", "/api/fields", list_fields),
    Route("GET", "/api/completions", list_completions),
    Route("GET", "/api/runs", list_runs),
    Route("GET", "/api/ids", list_ids),
    Route("GET", "/api/runs/{id}", describe_run),
    Route("GET", "/api/runs/{id}/output", read_output_page),
    Route("GET", "/api/runs/{id}/output/search", search_output),
    Route("GET", "/api/runs/{id}/files", list_directory),
    Route("GET", "/api/runs/{id}/file", send_run_file),
    Route("GET", "/api/runs/{id}/markdown", render_markdown),
    Route("GET", "/api/runs/{id}/source", list_source),
    Route("GET", "/api/runs/{id}/source/file", read_source),
    Route("GET", "/api/runs/{id}/environment", describe_environment),
    Route("GET", "/api/runs/{id}/git-diff", read_git_diff),
    Route("GET", "/api/runs/{id}/lineage", describe_lineage),
    Route("GET", "/api/runs/{id}/system", list_system_metrics),
    Route("GET", "/api/runs/{id}/medium", send_medium),
    Route("GET", "/api/runs/{id}/thumbnail", send_thumbnail),
    Route("GET", "/api/runs/{id}/histogram", read_histogram),
    Route("POST", "/api/media/names", list_media_names),
    Route("POST", "/api/media", read_media),
    Route("POST", "/api/curves", read_curves),
    Route("POST", "/api/groups", find_groups),
    Route("POST", "/api/compare", compare_chosen_runs),
    Route("POST", "/api/ranking", rank_chosen_runs),
    Route("POST", "/api/pivot", build_chosen_pivot),
    Route("GET", "/api/diff", compare_sections),
    Route("GET", "/api/boards", list_project_boards),
    Route("GET", "/api/boards/{name}", show_board),
    Route("POST", "/api/boards", save_view_as_board, writes=True),
    Route("POST", "/api/sparklines", read_sparklines),
    Route("POST", "/api/changes", apply_run_change, writes=True),
    Route("POST", "/api/undo", revert_run_change, writes=True),
    Route("POST", "/api/stop", stop_runs, writes=True),
)
"""All routes that answer a request at once; `events` has the stream of changes."""
