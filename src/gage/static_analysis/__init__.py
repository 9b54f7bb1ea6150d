"""Finds what a Python program passes to its command-line parser, by abstract interpretation.

The interpreter walks the program's syntax trees in the order of execution, like Python would, but with abstract values
(`abstract_values`): plain Python values where they are known, else a `Function`, `Class` or `Instance` of the project,
an `ExternalName` for anything in a library, and `UnknownValue` for everything else. It follows calls to the project's
own functions and imports of its own modules, computes plain built-ins on known values, and records each call to a
library as a `LibraryCall` with its abstract arguments. The module `static` of a parser then looks for calls such as
`argparse.ArgumentParser.add_argument` among those records.

Where a test cannot be decided, both branches run, one after the other from the same state, and a name that differs
afterwards becomes unknown. A loop over known items runs once per item, any other loop once. Functions that nothing was
seen to call can be run afterwards with unknown arguments; what they record is marked as not certain. Steps, depth of
calls, number of modules and sizes of values are limited, so every analysis ends. An unknown value is never an error.

Nothing of the program is imported or run, and this package knows no parser.

- `interpreter` statements and calls, `evaluate` expressions, `builtins` built-in functions, methods and operators
- `module_loader` and `import_scan` modules of the project
"""
