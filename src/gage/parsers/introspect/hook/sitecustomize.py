"""What Python loads first in a program that is asked: hides itself, and lets what is in `inside` listen.

Any Python must be able to read this file: one that could not would start the program as if nothing were asked.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
_told = os.environ.pop("GAGE_ASKED", "::").split(":", 2)
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != _here]
os.environ.pop("PYTHONPATH", None)
if _told[2]:
    os.environ["PYTHONPATH"] = _told[2]
try:
    if sys.version_info < (3, 8):  # noqa: UP036
        raise ImportError("programs are asked with Python 3.8 and later")
    _keep, sys.dont_write_bytecode = sys.dont_write_bytecode, False  # what is Gage's own is compiled once
    _package = type(sys)("_gage_probe")
    _package.__path__ = [os.path.join(os.path.dirname(_here), "probe")]
    sys.modules["_gage_probe"] = _package
    from _gage_probe import install  # type: ignore[import-not-found]

    sys.dont_write_bytecode = _keep
    install.load_users(__name__)
    install.begin(int(_told[0]), _told[1])
except BaseException as _error:
    if _told[0]:
        _said = str(_error).replace('"', "'").replace("\\", "/")[:300]
        os.write(int(_told[0]), ('{"ended": "' + _said + '"}\n').encode())
    os._exit(0)
