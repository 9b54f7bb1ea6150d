"""Evaluates expressions to abstract values."""

import ast
from collections.abc import Iterator

from gage.formats.python_constants import evaluate_constant
from gage.static_analysis import abstract_values as av
from gage.static_analysis import builtins, concrete
from gage.static_analysis.scopes import UNKNOWN, EvaluationContext, get_attribute, get_namespace_value, lookup
from gage.types.values import Scalar


def evaluate(node: ast.expr | None, scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    """Returns the value of an expression; `UNKNOWN` where running it would be needed."""
    match node:
        case None:
            return av.Constant(None)
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return av.Constant(value)
        case ast.Constant(value=value) if value is ...:
            return av.ExternalName("Ellipsis")
        case ast.Name(id=name):
            return lookup(name, scope)
        case ast.Attribute(value=of, attr=name):
            return get_attribute(evaluate(of, scope, context), name, context)
        case ast.Call():
            return _evaluate_call(node, scope, context)
        case ast.Lambda():
            return av.Function(node, scope)
        case ast.Subscript(value=of, slice=index):
            return _evaluate_subscript(evaluate(of, scope, context), index, scope, context)
    return _evaluate_display(node, scope, context)


def _evaluate_display(node: ast.expr, scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            style = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
            return av.ListValue(list(_evaluate_arguments(items, scope, context)), style)
        case ast.Dict():
            return _evaluate_dict(node, scope, context)
        case ast.JoinedStr(values=parts):
            return _evaluate_f_string(parts, scope, context)
        case ast.NamedExpr(target=target, value=inner):
            value = evaluate(inner, scope, context)
            context.bind(target, value, scope)
            return value
        case ast.Await(value=inner):
            return evaluate(inner, scope, context)
    return _evaluate_operation(node, scope, context)


def _evaluate_operation(node: ast.expr, scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            one, other = evaluate(left, scope, context), evaluate(right, scope, context)
            if isinstance(op, ast.BitOr) and _is_type(one) and _is_type(other):
                return av.GenericType(av.ExternalName("typing.Union"), [one, other])
            return builtins.apply_operator(op, one, other) or av.UnknownValue(
                av.get_text(one) if isinstance(op, ast.Add) else ""
            )
        case ast.UnaryOp(op=op, operand=operand):
            result = evaluate(operand, scope, context)
            if isinstance(op, ast.Not):
                truth = is_truthy(result)
                return UNKNOWN if truth is None else av.Constant(not truth)
            return (
                _constant_or_unknown(ast.UnaryOp(op, ast.Constant(result.value)))
                if isinstance(result, av.Constant)
                else UNKNOWN
            )
        case ast.BoolOp(op=op, values=values):
            return _evaluate_and_or(op, values, scope, context)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            truth = is_truthy(evaluate(test, scope, context))
            if truth is not None:
                return evaluate(body if truth else orelse, scope, context)
            one, other = evaluate(body, scope, context), evaluate(orelse, scope, context)
            return one if one == other else UNKNOWN
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(op, evaluate(left, scope, context), evaluate(right, scope, context))
        case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt):
            rows = _comprehension_scopes(node.generators, scope, context)
            return UNKNOWN if rows is None else av.ListValue([evaluate(elt, row, context) for row in rows])
        case ast.DictComp(key=key, value=value):
            rows = _comprehension_scopes(node.generators, scope, context)
            pairs = [(evaluate(key, row, context), evaluate(value, row, context)) for row in rows or ()]
            known = {k.value: v for k, v in pairs if isinstance(k, av.Constant)}
            return UNKNOWN if rows is None or len(known) != len(pairs) else av.DictValue(known)
    return UNKNOWN


def _constant_or_unknown(node: ast.expr) -> av.AbstractValue:
    try:
        return av.from_json(evaluate_constant(node))
    except ValueError:
        return UNKNOWN


def _evaluate_call(node: ast.Call, scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    callee = evaluate(node.func, scope, context)
    args = list(_evaluate_arguments(node.args, scope, context))
    keywords: dict[str, av.AbstractValue] = {}
    for keyword in node.keywords:
        value = evaluate(keyword.value, scope, context)
        if keyword.arg:
            keywords[keyword.arg] = value
        elif isinstance(value, av.DictValue):
            keywords.update({str(k): v for k, v in value.items.items()})
    return context.call(callee, args, keywords, node, scope)


def _evaluate_arguments(
    nodes: list[ast.expr], scope: av.Scope, context: EvaluationContext
) -> Iterator[av.AbstractValue]:
    """Yields the values of arguments or items; `*x` as the items of x."""
    for node in nodes:
        if not isinstance(node, ast.Starred):
            yield evaluate(node, scope, context)
            continue
        try:
            yield from concrete.list_items(evaluate(node.value, scope, context))
        except ValueError:
            yield UNKNOWN


def _evaluate_dict(node: ast.Dict, scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    items: dict[str | int | float | bool | None, av.AbstractValue] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        result = evaluate(value, scope, context)
        name = evaluate(key, scope, context) if key else None
        if isinstance(name, av.Constant):
            items[name.value] = result
        elif isinstance(name, av.LibraryCall) and name.name == "enum member":
            items[av.get_text(name.args[0])] = result
        elif isinstance(result, av.DictValue) and not key:
            items.update(result.items)
    return av.DictValue(items)


def _evaluate_f_string(parts: list[ast.expr], scope: av.Scope, context: EvaluationContext) -> av.AbstractValue:
    text = ""
    for part in parts:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec:
                return av.UnknownValue(text)
            try:
                text += str(av.to_json(evaluate(part.value, scope, context)))
            except ValueError:
                return av.UnknownValue(text)
        elif isinstance(part, ast.Constant):
            text += str(part.value)
    return av.Constant(text) if len(text) <= 10 * concrete.MAX_ITEMS else UNKNOWN


def _evaluate_subscript(
    of: av.AbstractValue, index: ast.expr, scope: av.Scope, context: EvaluationContext
) -> av.AbstractValue:
    if isinstance(index, ast.Slice):
        return UNKNOWN
    key = evaluate(index, scope, context)
    match of, key:
        case av.DictValue(), av.Constant(value=name):
            return of.items.get(name, UNKNOWN)
        case ((av.Instance() | av.LibraryCall()), av.Constant(value=str(name))):
            return get_namespace_value(of, name) or UNKNOWN
        case av.ListValue(), av.Constant(value=int(at)) if -len(of.items) <= at < len(of.items):
            return of.items[at]
        case av.Class(), av.Constant(value=str(name)) if concrete.is_enum(of) and name in of.names:
            return concrete.build_enum_member(of, name, of.names[name])
        case av.ExternalName(name="os.environ"), _:
            return UNKNOWN
        case ((av.ExternalName() | av.Class() | av.GenericType()), _) if _is_type(of):
            return av.GenericType(
                of, key.items if isinstance(key, av.ListValue) and isinstance(index, ast.Tuple) else [key]
            )
    return UNKNOWN


def _is_type(value: av.AbstractValue) -> bool:
    match value:
        case av.ExternalName() | av.Class() | av.GenericType() | av.Constant(value=None | str()):
            return True
    return False


def is_truthy(result: av.AbstractValue) -> bool | None:
    """Returns the truth of a value, None if it is not known."""
    match result:
        case av.Constant(value=value):
            return bool(value)
        case av.ListValue(items=items) | av.DictValue(items=items):
            return bool(items)
        case av.Function() | av.Class():
            return True
    return None


def _evaluate_and_or(
    op: ast.boolop, values: list[ast.expr], scope: av.Scope, context: EvaluationContext
) -> av.AbstractValue:
    result: av.AbstractValue = UNKNOWN
    for value in values:
        result = evaluate(value, scope, context)
        truth = is_truthy(result)
        if truth is None:
            return UNKNOWN
        if truth is isinstance(op, ast.Or):
            return result
    return result


PLAIN_TYPES = {"bool", "int", "float", "str", "list", "tuple", "dict"}
_EQUALS = (ast.Eq, ast.Is, ast.NotEq, ast.IsNot)


def _compare(op: ast.cmpop, one: av.AbstractValue, other: av.AbstractValue) -> av.AbstractValue:
    if (
        isinstance(one, av.ExternalName)
        and isinstance(other, av.ExternalName)
        and {one.name, other.name} <= PLAIN_TYPES
    ):
        is_same = one.name == other.name
        return av.Constant(is_same is isinstance(op, ast.Eq | ast.Is)) if isinstance(op, _EQUALS) else UNKNOWN
    if not isinstance(one, av.Constant):
        return UNKNOWN
    match op, other:
        case ((ast.Eq() | ast.Is()), av.Constant(value=value)):
            return av.Constant(one.value == value)
        case ((ast.NotEq() | ast.IsNot()), av.Constant(value=value)):
            return av.Constant(one.value != value)
        case ((ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()), av.Constant(value=int() | float() as number)):
            return _compare_order(op, one.value, number)
        case ((ast.In() | ast.NotIn()), av.ListValue() | av.DictValue()):
            try:
                return av.Constant((one in concrete.list_items(other)) is isinstance(op, ast.In))
            except ValueError:
                return UNKNOWN
    return UNKNOWN


def _compare_order(op: ast.cmpop, one: Scalar, other: float) -> av.AbstractValue:
    if not isinstance(one, (int, float)):
        return UNKNOWN
    less, same = one < other, one == other
    return av.Constant(
        {ast.Lt: less, ast.LtE: less or same, ast.Gt: not less and not same, ast.GtE: not less}[type(op)]
    )


def _comprehension_scopes(
    generators: list[ast.comprehension], scope: av.Scope, context: EvaluationContext
) -> list[av.Scope] | None:
    """Returns a scope for each iteration of a comprehension, None if the items are not known."""
    rows = [av.Scope(scope.module, {}, scope, scope.function)]
    for generator in generators:
        found: list[av.Scope] = []
        for row in rows:
            try:
                items = list(concrete.list_items(evaluate(generator.iter, row, context)))
            except ValueError:
                return None
            for item in items:
                inner = av.Scope(scope.module, dict(row.names), scope, scope.function)
                context.bind(generator.target, item, inner)
                tests = [is_truthy(evaluate(test, inner, context)) for test in generator.ifs]
                if None in tests:
                    return None
                found += [inner] if all(tests) else []
        rows = found[: concrete.MAX_ITEMS]
    return rows
