"""Does something to a module right after it was imported, whenever that is; costs nothing if it never is."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Patch = Callable[[ModuleType], None]


class _Finder:
    """Finds nothing itself: lets the others find a watched module, and wraps its loader."""

    def __init__(self, patches: Mapping[str, Patch]) -> None:
        self.patches = dict(patches)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As `importlib.abc.MetaPathFinder` has it."""
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target))), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Patching(spec.loader, patch)  # type: ignore[assignment]
        return spec


class _Patching:
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
            pass  # a version that is made in another way: the source is read instead


def when_imported(patches: Mapping[str, Patch]) -> None:
    """Call the patch of a module's name with the module as soon as it is there."""
    for name in [n for n in patches if n in sys.modules]:
        patches[name](sys.modules[name])
    later = _Finder({n: p for n, p in patches.items() if n not in sys.modules})
    sys.meta_path.insert(0, later)
