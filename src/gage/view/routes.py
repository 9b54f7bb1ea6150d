"""The table of all routes of the API. The application, the OpenAPI document and docs/api.md are made from it.

A route has a function `answer(stores, query)`. The annotations of the function say what it takes and returns: a record
of the query or the body, and a record of the answer, or `RawAnswer` for bytes.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from gage.view.answer_curves import read_curves
from gage.view.answer_run import describe_run, read_output_page
from gage.view.answer_runs import list_fields, list_ids, list_runs
from gage.view.answer_session import describe_session


class Route(NamedTuple):
    """A route. The first line of the docstring of `answer` is its summary. `writes`: it changes runs."""

    method: Literal["GET", "POST"]
    path: str
    answer: Callable[..., object]
    writes: bool = False


ROUTES = (
    Route("GET", "/api/session", describe_session),
    Route("GET", "/api/fields", list_fields),
    Route("GET", "/api/runs", list_runs),
    Route("GET", "/api/ids", list_ids),
    Route("GET", "/api/runs/{id}", describe_run),
    Route("GET", "/api/runs/{id}/output", read_output_page),
    Route("POST", "/api/curves", read_curves),
)
"""All routes that answer a request at once; `events` has the stream of changes."""
