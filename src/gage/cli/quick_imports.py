"""Imports click without the modules of the standard library that it imports but hardly uses.

They take a quarter of the time of importing click. Each has a stand-in, which click keeps, and which imports the module
when click uses it.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType


class _StandIn(ModuleType):
    """Stands in for a module. Imports it when anything but `functions` is used."""

    def __init__(self, name: str, functions: dict[str, Callable[..., str]]) -> None:
        super().__init__(name)
        vars(self).update(functions)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)  # the import system looks for `__path__`
        self.withdraw()
        return getattr(import_module(self.__name__), name)

    def withdraw(self) -> None:
        """Lets later imports find the real module."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def load_click() -> None:
    """Loads click and `pathlib`. Other modules never see the stand-ins."""
    stand_ins = [
        _StandIn("inspect", {"cleandoc": _clean_docstring}),
        _StandIn("gettext", {"gettext": _translate, "ngettext": _translate_number}),
        _StandIn("platform", {"system": lambda: os.uname().sysname}),  # used by uuid, which click imports
        _StandIn("ipaddress", {}),  # imported by urllib.parse, which pathlib imports in Python 3.11
    ]
    for module in stand_ins:
        sys.modules.setdefault(module.__name__, module)
    try:
        import_module("click")
        import_module("pathlib")
    finally:
        for module in stand_ins:
            module.withdraw()


def _clean_docstring(text: str) -> str:
    """As `inspect.cleandoc`; click calls it for the help of each option, which is one line."""
    if "\n" not in text:
        return text.expandtabs().lstrip()
    import inspect

    return inspect.cleandoc(text)


def _translate(message: str) -> str:
    import gettext

    return gettext.gettext(message)


def _translate_number(singular: str, plural: str, count: int) -> str:
    import gettext

    return gettext.ngettext(singular, plural, count)
