"""Turns a function into a command line: --name=value for each keyword."""
import ast
import inspect
import sys


def fire(fn, argv=None):
    kw = {}
    sig = inspect.signature(fn)
    for a in sys.argv[1:] if argv is None else argv:
        k, _, v = a.lstrip("-").partition("=")
        if k not in sig.parameters:
            raise SystemExit(f"unknown option {k}")
        try:
            kw[k] = ast.literal_eval(v)
        except (ValueError, SyntaxError):
            kw[k] = v
    return fn(**kw)
