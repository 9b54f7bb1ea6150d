"""Finds reports by name: those of the project, of plugins, and of Gage itself."""

from pathlib import Path
from typing import NamedTuple

from gage.gagefile.file_names import REPORT_SUFFIX, REPORTS_DIR
from gage.lib.plugins import Plugin, load_plugins
from gage.lib.suggest import suggest_closest
from gage.report.parse import MAX_REPORT_BYTES, parse_report
from gage.types.errors import NotFound, UsageError

GROUP = "gage.reports"
DEFAULT_REPORT = "summary"


class ReportTemplate(NamedTuple):
    """A report with a name. `origin` is its file, its package or Gage; its text is `text`, or in the file `path`."""

    name: str
    origin: str
    path: Path | None = None
    text: str = ""

    def read(self) -> str:
        """Returns the text. Raises NotFound and UsageError."""
        return self.text if self.path is None else read_report_file(self.path)

    @property
    def title(self) -> str:
        """The title in its front matter, "" if it has none or cannot be read."""
        try:
            return parse_report(self.read()).front.title
        except (NotFound, UsageError):
            return ""


def list_templates(project_dir: Path) -> dict[str, ReportTemplate]:
    """Returns the reports by name. The project replaces reports of plugins, and plugins those of Gage."""
    own = [
        ReportTemplate(path.stem, "Gage", path) for path in sorted((Path(__file__).parent / "templates").glob("*.md"))
    ]
    added = [template for plugin in load_report_plugins() if (template := _convert_plugin(plugin)) is not None]
    local = [ReportTemplate(path.stem, f"{REPORTS_DIR}/{path.name}", path) for path in _list_files(project_dir)]
    return {template.name: template for template in (*own, *added, *local)}


def _list_files(project_dir: Path) -> list[Path]:
    try:
        return sorted(
            path for path in (project_dir / REPORTS_DIR).iterdir() if path.suffix == REPORT_SUFFIX and path.is_file()
        )
    except OSError:
        return []


def load_report_plugins() -> tuple[Plugin, ...]:
    """Returns the plugins that are reports: each value is a text, or the path of a file."""
    return load_plugins(GROUP, lambda value: isinstance(value, str | Path), "the text of a report or a Path")


def _convert_plugin(plugin: Plugin) -> ReportTemplate | None:
    if plugin.problem:
        return None
    value = plugin.value
    path, text = (value, "") if isinstance(value, Path) else (None, str(value))
    return ReportTemplate(plugin.name, f"{plugin.package} {plugin.version}".strip(), path, text)


def find_template(word: str, cwd: Path, project_dir: Path) -> ReportTemplate:
    """Returns the report with this name, or in this file. Raises NotFound."""
    templates = list_templates(project_dir)
    path = cwd / word
    if path.is_file() or (word.endswith(REPORT_SUFFIX) and word not in templates):
        return ReportTemplate(_name_file(path, project_dir), str(path), path)
    if word in templates:
        return templates[word]
    plugin = next((plugin for plugin in load_report_plugins() if plugin.name == word), None)
    if plugin is not None:
        raise NotFound(f"The report {plugin} cannot be used: {plugin.problem}")
    hint = suggest_closest(word, templates, f"Reports: {', '.join(templates)}; or the path of a file")
    raise NotFound(f"There is no report {word!r}", hint)


def _name_file(path: Path, project_dir: Path) -> str:
    """Returns the name of the report in a file: its stem in the directory of reports, else its path."""
    resolved = path.resolve()
    try:
        relative = resolved.relative_to(project_dir.resolve())
    except ValueError:
        return str(resolved)
    return relative.stem if relative.parent == Path(REPORTS_DIR) else str(relative)


def read_report_file(path: Path) -> str:
    """Returns the text of a report's file. Raises NotFound if it cannot be read, UsageError if it is not text."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_REPORT_BYTES + 1)
    except OSError as e:
        raise NotFound(f"Cannot read the report {path}: {e.strerror}", "Try: gage report --list") from None
    if len(data) > MAX_REPORT_BYTES:
        raise UsageError(f"The report {path} has over {MAX_REPORT_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise UsageError(f"The report {path} is not UTF-8: byte {e.start:,}", "Save it as UTF-8") from None
