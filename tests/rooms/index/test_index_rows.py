"""Rows of the index: a run is the same when it is decoded."""

from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gage.index import rows
from gage.types.run import Attribute, Comment, Metric, OpRef, Run, Status, UserAttrs

slow_draws = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Drawing a whole run takes long on a busy machine."""
text = st.text() | st.text(st.characters(categories=["Cs", "Cc", "L"]))
whole = st.integers(-(2**80), 2**80)
value = st.recursive(
    st.none() | st.booleans() | whole | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=5,
)
attrs = st.builds(
    UserAttrs,
    label=text,
    tags=st.lists(text).map(tuple),
    marked=st.booleans(),
    comments=st.lists(st.builds(Comment, text, text, whole, text)).map(tuple),
    archive=text,
    deleted_by=text,
    purged_by=text,
    project=text,
    other=st.dictionaries(text, value),
)
number = st.floats(allow_nan=False)
metrics = st.builds(
    Metric,
    last=number,
    first=number,
    min=st.none() | number,
    max=st.none() | number,
    mean=st.none() | number,
    points=whole,
    step=st.none() | whole,
    time=st.none() | number,
    rank=st.none() | whole,
)
runs = st.builds(
    Run,
    id=text,
    name=text,
    op=st.builds(OpRef, text, text, text),
    status=st.sampled_from(get_args(Status)),
    created=whole,
    staged=st.none() | whole,
    started=st.none() | whole,
    stopped=st.none() | whole,
    exit=st.none() | whole,
    config=st.dictionaries(text, value),
    user_attrs=attrs,
    project=text,
    project_id=text,
    source_digest=text,
    parent=text,
    sealed=st.booleans(),
    damage=text,
    host=text,
    user=text,
    commit=text,
    branch=text,
    changed_config=st.none() | st.lists(text).map(tuple),
    metrics=st.dictionaries(text, metrics),
    attributes=st.dictionaries(text, st.builds(Attribute, value, text)),
)


@given(runs)
@slow_draws
def test_decodes_the_run_that_was_encoded(run: Run) -> None:
    assert rows.decode_run(rows.encode_run(run)) == run._replace(evaluated={})


@given(runs)
@slow_draws
def test_columns_and_attributes_have_types_of_sqlite(run: Run) -> None:
    values = [*rows.build_columns(run), *(v for pair in rows.iter_attributes(run) for v in pair)]
    for value in values:
        assert isinstance(value, int | float | str | None)
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, int):
            assert -(2**63) < value < 2**63
    decoded = rows.decode_run(rows.encode_run(run))
    assert list(rows.iter_attributes(decoded)) == list(rows.iter_attributes(run))
