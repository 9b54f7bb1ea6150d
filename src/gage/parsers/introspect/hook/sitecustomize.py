"""Python loads this first in a program that is introspected: it hides itself and starts the probe.

Every Python must be able to read this file: with one that cannot, the program would start as if it were not observed.
"""

import os
import sys

_hook = os.path.dirname(os.path.abspath(__file__))
_settings = os.environ.pop("GAGE_PROBE", "\t\t").split("\t")
_fd, _scratch, _python_path = _settings[:3]
"""Where to report, a directory for temporary files, and the program's own PYTHONPATH."""
_probes = _settings[3:]
"""`module=directory` of each module that has a probe."""
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != _hook]
os.environ.pop("PYTHONPATH", None)
if _python_path:
    os.environ["PYTHONPATH"] = _python_path
_introspect = os.path.dirname(_hook)
_packages = {
    "_gage": os.path.dirname(_introspect),
    "_gage.introspect": _introspect,
    "_gage.introspect.probe": os.path.join(_introspect, "probe"),
}
"""Gage's `parsers` under another name, without their `__init__`: a program may have a `gage` of its own."""
try:
    if sys.version_info < (3, 8):  # noqa: UP036
        raise ImportError("Introspection needs Python 3.8 or newer")
    _dont_write = sys.dont_write_bytecode
    sys.dont_write_bytecode = False  # Gage's own modules are compiled only once
    for _name, _path in _packages.items():
        _package = type(sys)(_name)
        _package.__path__ = [_path]
        sys.modules[_name] = _package
    from _gage.introspect.probe import install  # type: ignore[import-not-found]

    sys.dont_write_bytecode = _dont_write
    install.load_user_sitecustomize(__name__)
    install.start_probe(int(_fd), _scratch, [_pair.split("=", 1) for _pair in _probes])
except BaseException as _error:  # reported: the program must not start without the probe
    if _fd:
        _message = str(_error).replace('"', "'").replace("\\", "/")[:300]
        os.write(int(_fd), ('{"ended": "' + _message + '"}\n').encode())
    os._exit(0)
