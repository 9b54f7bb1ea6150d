"""Whether a plain value is right, as fast as can be: a file with nothing wrong needs neither places nor messages."""

from collections.abc import Callable, Mapping

from gage.gagefile.schema_types import Any, Choice, Flag, Many, Map, Number, OneOf, Record, Shape, Text

Test = Callable[[object], bool]


def test_of(shape: Shape, known: dict[int, Test]) -> Test:
    """A function that says what `check` says: True where it would find nothing. It may say False of a value that is
    right, such as a date. `known` keeps the functions of shapes that come more than once.
    """
    found = known.get(id(shape))
    if found is None:
        found = known[id(shape)] = _test_of(shape, known)
    return found


def _test_of(shape: Shape, known: dict[int, Test]) -> Test:
    match shape:
        case Text():
            return _text(shape)
        case Flag():
            return lambda value: value is True or value is False
        case Number():
            return _number(shape)
        case Choice():
            return lambda value: isinstance(value, str) and value in shape.options
        case Any():
            return is_plain
        case Many():
            return _many(test_of(shape.item, known), shape.minimum)
        case Map():
            return _map(test_of(shape.value, known), shape.key_check)
        case Record():
            return _record(shape, known)
        case OneOf():
            tests = [test_of(each, known) for each in shape.shapes]
            return lambda value: any(test(value) for test in tests)


def is_plain(value: object) -> bool:
    """Whether a value is what JSON knows: dates of TOML are not."""
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    return all(map(is_plain, value)) if isinstance(value, list) else isinstance(value, str | int | float)


def _text(shape: Text) -> Test:
    wrong, empty = shape.check, shape.empty

    def test(value: object) -> bool:
        return isinstance(value, str) and (empty or bool(value.strip())) and (wrong is None or wrong(value) is None)

    return test


def _number(shape: Number) -> Test:
    low, above, whole = shape.minimum, shape.above, shape.whole

    def test(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            return False
        return value - value == 0 and (low is None or (value > low if above else value >= low))

    return test


def _many(item: Test, least: int) -> Test:
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(item, value))


def _map(inside: Test, wrong: Callable[[str], str | None] | None) -> Test:
    def test(value: object) -> bool:
        if not isinstance(value, dict) or not all(map(inside, value.values())):
            return False
        return wrong is None or all(wrong(key) is None for key in value)

    return test


def _record(shape: Record, known: dict[int, Test]) -> Test:
    fields: Mapping[str, Test] = {name: test_of(field.shape, known) for name, field in shape.names.items()}
    required = [field.name for field in shape.fields if field.required]
    one_of, also = shape.needs_one, shape.also

    def test(value: object) -> bool:
        if not isinstance(value, dict):
            return False
        for key, each in value.items():
            inside = fields.get(key)
            if inside is None or not inside(each):
                return False
        if not value and shape.may_be_empty:
            return True
        if not all(name in value for name in required) or (one_of and not any(name in value for name in one_of)):
            return False
        return also is None or not any(also(value))

    return test
