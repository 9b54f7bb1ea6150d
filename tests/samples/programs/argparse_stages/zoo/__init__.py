import importlib
import os

KINDS = {}


def kind(name):
    def keep(cls):
        KINDS[name] = cls
        return cls

    return keep


for _file in sorted(os.listdir(os.path.dirname(__file__))):
    if _file.endswith(".py") and not _file.startswith("_"):
        importlib.import_module("zoo." + _file[:-3])
