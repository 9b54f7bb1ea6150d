"""Calls a function with a module right after it is imported; costs nothing if it never is."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Patch = Callable[[ModuleType], None]


class _WatchingFinder:
    """Lets the other finders find a watched module, and wraps its loader."""

    def __init__(self, patches: Mapping[str, Patch]) -> None:
        self.patches = dict(patches)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As `importlib.abc.MetaPathFinder` has it."""
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if finder is not self else None
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _PatchingLoader(spec.loader, patch)  # type: ignore[assignment]
                return spec
        return None


class _PatchingLoader:
    """A loader that patches what it has loaded."""

    def __init__(self, loader: Loader, patch: Patch) -> None:
        self._loader = loader
        self._patch = patch

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the real one."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the real one; then the patch."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        try:
            self._patch(module)
        except AttributeError:
            pass  # an unknown version of the parser: Gage reads the source instead


def call_after_import(patches: Mapping[str, Patch]) -> None:
    """Calls the patch of each module as soon as the module is imported, or now if it already is."""
    finder = _WatchingFinder({name: patch for name, patch in patches.items() if name not in sys.modules})
    for name, patch in patches.items():
        if name not in finder.patches:
            patch(sys.modules[name])
    sys.meta_path.insert(0, finder)
