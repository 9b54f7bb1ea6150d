"""Loads libraries without the modules of the standard library that they import but hardly use.

These take a quarter of the time of importing click. Each has a stand-in, which the library keeps, and which imports the
module when the library uses it.
"""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType

Functions = Mapping[str, Callable[..., object]]
"""Name → what the function returns without its module; None if that takes the module."""


def load_click() -> None:
    """Loads click and `pathlib`. Other modules never see the stand-ins."""
    _load(
        ("click", "pathlib"),
        {
            "inspect": {"cleandoc": _clean_line},  # click calls it for the help of each option
            "gettext": {"gettext": _no_answer, "ngettext": _no_answer},
            "platform": {"system": lambda: os.uname().sysname},  # uuid, which click imports, calls it
            "urllib.parse": {"quote_from_bytes": _no_answer},  # imported by pathlib
        },
    )


def load_subprocess() -> None:
    """Loads `subprocess`, which uses `locale` for text only. Other modules never see the stand-in."""
    _load(("subprocess",), {"locale": {}})


def _load(libraries: tuple[str, ...], modules: Mapping[str, Functions]) -> None:
    """Imports the libraries, with stand-ins for those of the modules that are not loaded yet."""
    stand_ins = [_StandIn(name, modules[name]) for name in modules if name not in sys.modules]
    sys.modules.update((module.__name__, module) for module in stand_ins)
    try:
        for library in libraries:
            import_module(library)
    finally:
        for module in stand_ins:
            module.withdraw()


class _StandIn(ModuleType):
    """Stands in for a module. Imports it when anything is used that `functions` cannot answer."""

    def __init__(self, name: str, functions: Functions) -> None:
        super().__init__(name)
        vars(self).update({each: self._wrap(each, function) for each, function in functions.items()})

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)  # the import system looks for `__path__`
        return self._get(name)

    def _get(self, name: str) -> Callable[..., object]:
        self.withdraw()
        value: Callable[..., object] = getattr(import_module(self.__name__), name)
        return value

    def _wrap(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            answer = function(*args)
            return self._get(name)(*args) if answer is None else answer

        return call

    def withdraw(self) -> None:
        """Lets later imports find the real module."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def _clean_line(text: str) -> str | None:
    return None if "\n" in text else text.expandtabs().lstrip()


def _no_answer(*_: object) -> None:
    return None
