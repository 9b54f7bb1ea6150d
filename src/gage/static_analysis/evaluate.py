"""What an expression of a program comes to, as far as it can be told by reading it."""

import ast
from collections.abc import Iterator

from gage.formats.python_constants import constant
from gage.static_analysis import builtins, concrete
from gage.static_analysis.abstract_values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Generic,
    Instance,
    Items,
    Made,
    Table,
    Thing,
    Unknown,
    from_json,
    plain,
    text_of,
)
from gage.static_analysis.scopes import UNKNOWN, Reader, attribute, inside, lookup
from gage.types.values import Scalar


def evaluate(node: ast.expr | None, frame: Frame, reader: Reader) -> Thing:
    """The thing that the expression is; an `Unknown` where that cannot be told."""
    match node:
        case None:
            return Const(None)
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return Const(value)
        case ast.Constant(value=value) if value is ...:
            return External("Ellipsis")
        case ast.Name(id=name):
            return lookup(name, frame)
        case ast.Attribute(value=of, attr=name):
            return attribute(evaluate(of, frame, reader), name, reader)
        case ast.Call():
            return _call(node, frame, reader)
        case ast.Lambda():
            return Function(node, frame)
        case ast.Subscript(value=of, slice=index):
            return _item(evaluate(of, frame, reader), index, frame, reader)
    return _composed(node, frame, reader)


def _composed(node: ast.expr, frame: Frame, reader: Reader) -> Thing:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            style = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
            return Items(list(_spread(items, frame, reader)), style)
        case ast.Dict():
            return _table(node, frame, reader)
        case ast.JoinedStr(values=parts):
            return _text(parts, frame, reader)
        case ast.NamedExpr(target=target, value=inner):
            thing = evaluate(inner, frame, reader)
            reader.bind(target, thing, frame)
            return thing
        case ast.Await(value=inner):
            return evaluate(inner, frame, reader)
    return _computed(node, frame, reader)


def _computed(node: ast.expr, frame: Frame, reader: Reader) -> Thing:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            one, other = evaluate(left, frame, reader), evaluate(right, frame, reader)
            if isinstance(op, ast.BitOr) and _is_type(one) and _is_type(other):
                return Generic(External("typing.Union"), [one, other])
            return builtins.binary(op, one, other) or Unknown(text_of(one) if isinstance(op, ast.Add) else "")
        case ast.UnaryOp(op=op, operand=operand):
            thing = evaluate(operand, frame, reader)
            if isinstance(op, ast.Not):
                truth = truth_of(thing)
                return UNKNOWN if truth is None else Const(not truth)
            return _constant(ast.UnaryOp(op, ast.Constant(thing.value))) if isinstance(thing, Const) else UNKNOWN
        case ast.BoolOp(op=op, values=values):
            return _either(op, values, frame, reader)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            truth = truth_of(evaluate(test, frame, reader))
            if truth is not None:
                return evaluate(body if truth else orelse, frame, reader)
            one, other = evaluate(body, frame, reader), evaluate(orelse, frame, reader)
            return one if one == other else UNKNOWN
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, evaluate(left, frame, reader), evaluate(right, frame, reader))
        case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt):
            rows = _rows(node.generators, frame, reader)
            return UNKNOWN if rows is None else Items([evaluate(elt, row, reader) for row in rows])
        case ast.DictComp(key=key, value=value):
            rows = _rows(node.generators, frame, reader)
            pairs = [(evaluate(key, row, reader), evaluate(value, row, reader)) for row in rows or ()]
            known = {k.value: v for k, v in pairs if isinstance(k, Const)}
            return UNKNOWN if rows is None or len(known) != len(pairs) else Table(known)
    return UNKNOWN


def _constant(node: ast.expr) -> Thing:
    try:
        return from_json(constant(node))
    except ValueError:
        return UNKNOWN


def _call(node: ast.Call, frame: Frame, reader: Reader) -> Thing:
    callee = evaluate(node.func, frame, reader)
    args = list(_spread(node.args, frame, reader))
    keywords: dict[str, Thing] = {}
    for keyword in node.keywords:
        thing = evaluate(keyword.value, frame, reader)
        if keyword.arg:
            keywords[keyword.arg] = thing
        elif isinstance(thing, Table):
            keywords.update({str(k): v for k, v in thing.items.items()})
    return reader.call(callee, args, keywords, node, frame)


def _spread(nodes: list[ast.expr], frame: Frame, reader: Reader) -> Iterator[Thing]:
    """The values of nodes, those with a star as their items."""
    for node in nodes:
        if not isinstance(node, ast.Starred):
            yield evaluate(node, frame, reader)
            continue
        try:
            yield from concrete.items_of(evaluate(node.value, frame, reader))
        except ValueError:
            yield UNKNOWN


def _table(node: ast.Dict, frame: Frame, reader: Reader) -> Thing:
    items: dict[str | int | float | bool | None, Thing] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        thing = evaluate(value, frame, reader)
        name = evaluate(key, frame, reader) if key else None
        if isinstance(name, Const):
            items[name.value] = thing
        elif isinstance(name, Made) and name.name == "enum member":
            items[text_of(name.args[0])] = thing
        elif isinstance(thing, Table) and not key:
            items.update(thing.items)
    return Table(items)


def _text(parts: list[ast.expr], frame: Frame, reader: Reader) -> Thing:
    text = ""
    for part in parts:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec:
                return Unknown(text)
            try:
                text += str(plain(evaluate(part.value, frame, reader)))
            except ValueError:
                return Unknown(text)
        elif isinstance(part, ast.Constant):
            text += str(part.value)
    return Const(text) if len(text) <= 10 * concrete.MOST else UNKNOWN


def _item(of: Thing, index: ast.expr, frame: Frame, reader: Reader) -> Thing:
    if isinstance(index, ast.Slice):
        return UNKNOWN
    key = evaluate(index, frame, reader)
    match of, key:
        case Table(), Const(value=name):
            return of.items.get(name, UNKNOWN)
        case ((Instance() | Made()), Const(value=str(name))):
            return inside(of, name) or UNKNOWN
        case Items(), Const(value=int(at)) if -len(of.items) <= at < len(of.items):
            return of.items[at]
        case Class(), Const(value=str(name)) if concrete.is_enum(of) and name in of.names:
            return concrete.member(of, name, of.names[name])
        case External(name="os.environ"), _:
            return UNKNOWN
        case ((External() | Class() | Generic()), _) if _is_type(of):
            return Generic(of, key.items if isinstance(key, Items) and isinstance(index, ast.Tuple) else [key])
    return UNKNOWN


def _is_type(thing: Thing) -> bool:
    match thing:
        case External() | Class() | Generic() | Const(value=None | str()):
            return True
    return False


def truth_of(thing: Thing) -> bool | None:
    """Whether a known thing counts as true; None when it is not known."""
    match thing:
        case Const(value=value):
            return bool(value)
        case Items(items=items) | Table(items=items):
            return bool(items)
        case Function() | Class():
            return True
    return None


def _either(op: ast.boolop, values: list[ast.expr], frame: Frame, reader: Reader) -> Thing:
    thing: Thing = UNKNOWN
    for value in values:
        thing = evaluate(value, frame, reader)
        truth = truth_of(thing)
        if truth is None:
            return UNKNOWN
        if truth is isinstance(op, ast.Or):
            return thing
    return thing


PLAIN_TYPES = {"bool", "int", "float", "str", "list", "tuple", "dict"}
_EQUALS = (ast.Eq, ast.Is, ast.NotEq, ast.IsNot)


def _compared(op: ast.cmpop, one: Thing, other: Thing) -> Thing:
    if isinstance(one, External) and isinstance(other, External) and {one.name, other.name} <= PLAIN_TYPES:
        is_same = one.name == other.name
        return Const(is_same is isinstance(op, ast.Eq | ast.Is)) if isinstance(op, _EQUALS) else UNKNOWN
    if not isinstance(one, Const):
        return UNKNOWN
    match op, other:
        case ((ast.Eq() | ast.Is()), Const(value=value)):
            return Const(one.value == value)
        case ((ast.NotEq() | ast.IsNot()), Const(value=value)):
            return Const(one.value != value)
        case ((ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()), Const(value=int() | float() as number)):
            return _ordered(op, one.value, number)
        case ((ast.In() | ast.NotIn()), Items() | Table()):
            try:
                return Const((one in concrete.items_of(other)) is isinstance(op, ast.In))
            except ValueError:
                return UNKNOWN
    return UNKNOWN


def _ordered(op: ast.cmpop, one: Scalar, other: float) -> Thing:
    if not isinstance(one, (int, float)):
        return UNKNOWN
    less, same = one < other, one == other
    return Const({ast.Lt: less, ast.LtE: less or same, ast.Gt: not less and not same, ast.GtE: not less}[type(op)])


def _rows(generators: list[ast.comprehension], frame: Frame, reader: Reader) -> list[Frame] | None:
    """A frame for each turn of a comprehension; None when what it goes over is not known."""
    rows = [Frame(frame.module, {}, frame, frame.function)]
    for generator in generators:
        found: list[Frame] = []
        for row in rows:
            try:
                items = list(concrete.items_of(evaluate(generator.iter, row, reader)))
            except ValueError:
                return None
            for item in items:
                inner = Frame(frame.module, dict(row.names), frame, frame.function)
                reader.bind(generator.target, item, inner)
                tests = [truth_of(evaluate(test, inner, reader)) for test in generator.ifs]
                if None in tests:
                    return None
                found += [inner] if all(tests) else []
        rows = found[: concrete.MOST]
    return rows
