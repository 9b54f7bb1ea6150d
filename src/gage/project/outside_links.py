"""Finds links that lead out of a project: the run gets a link to the same place, since what is there is not copied."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.lib.files import is_inside, walk_dirs
from gage.types.plan import Dependency


def find_link_out(path: Path, project: Path) -> Path | None:
    """Returns the link on the way from `project` to `path` that leads out of the project, to something that exists and
    does not contain the project; None if there is none.
    """
    if not path.is_relative_to(project):
        return None
    above = [p for p in (path, *path.parents) if p != project and p.is_relative_to(project)]
    link = next((p for p in reversed(above) if p.is_symlink() and not is_inside(p, project)), None)
    return link if link is not None and _is_outside(os.path.realpath(link), os.path.realpath(project)) else None


def _is_outside(target: str, project: str) -> bool:
    """Returns whether a path exists, is not below the project and does not contain it. Both are without links."""
    target_dir, project_dir = os.path.join(target, ""), os.path.join(project, "")
    return not target_dir.startswith(project_dir) and not project_dir.startswith(target_dir) and os.path.exists(target)


def build_link(link: Path, project: Path, why: str) -> Dependency:
    """Returns the dependency of a link that leads out of the project."""
    return Dependency(link.relative_to(project).as_posix(), why, 0, 0, target=os.path.realpath(link))


def list_links_below(folder: Path, project: Path, why: str) -> list[Dependency]:
    """Returns the dependencies of the links below a directory that lead out of the project."""
    real_project = os.path.realpath(project)
    paths = (os.path.join(top, name) for top, folders, names in walk_dirs(folder) for name in (*folders, *names))
    targets = {path: os.path.realpath(path) for path in paths if os.path.islink(path)}
    return [
        Dependency(Path(path).relative_to(project).as_posix(), why, 0, 0, target=target)
        for path, target in sorted(targets.items())
        if _is_outside(target, real_project)
    ]


def group_links(dependencies: Iterable[Dependency], folders: Iterable[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Groups the links out of the project by the dependency that contains them. Yields for each group a description,
    such as `data has 3 links`, the place that the links lead to, and their paths.

    `folders` are the dependencies that are directories. A link outside of them belongs to the first directory of its
    path.
    """
    known = set(folders)
    groups: dict[str, list[Dependency]] = {}
    for link in dependencies:
        if link.target:
            above = [str(p) for p in Path(link.path).parents if str(p) in known]
            groups.setdefault(above[0] if above else link.path.partition("/")[0], []).append(link)
    for path, (first, *others) in groups.items():
        paths = [first.path, *(other.path for other in others)]
        if others:
            yield f"{path} has {len(paths):,} links", f"{first.target} and other places", paths
        else:
            yield f"{first.path} is a link", first.target, paths
