"""Reads batch files as trials: CSV, TSV, JSON, JSON lines, YAML, TOML. Reports errors with file and line."""

import csv
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from gage.assignments.parse import AssignedValue
from gage.batch.trials import MAX_TRIALS, Trial, Values
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import ConfigError, NotFound
from gage.types.values import JSONValue

MAX_FILE_BYTES = 16 << 20
"""Most bytes of a file that must be read as a whole."""
SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".toml")


def read_trials(name: str, directory: Path, max_rows: int | None = None) -> list[Trial]:
    """Returns the rows of a batch file, `name` relative to `directory`; at most `max_rows` of them.

    Raises NotFound, and ConfigError with file and line for a file that is not a table of values.
    """
    path = directory / Path(name).expanduser()
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ConfigError(f"{name} is not a supported batch file", f"Batch files end with {', '.join(SUFFIXES)}")
    if path.exists() and not path.is_file():  # reading a named pipe would wait for its writer
        raise ConfigError(
            f"Cannot read {name}: it is not a regular file", "Write the rows to a file, and name that file"
        )
    try:
        trials = _take_rows(_read_rows(path, name, suffix), name, max_rows)
    except FileNotFoundError:
        raise NotFound(f"No such file: {name}", f"Try: ls {path.parent}") from None
    except OSError as e:
        raise ConfigError(f"Cannot read {name}: {e.strerror}") from None
    except UnicodeDecodeError:
        raise _encoding_error(path, name) from None
    if not trials:
        raise ConfigError(f"{name} has no rows", "Add a row for each run")
    return trials


def _encoding_error(path: Path, name: str) -> ConfigError:
    """Returns an error with the first line that is not UTF-8, and a guess of the encoding."""
    with open(path, "rb") as file:
        coding = "UTF-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "ISO-8859-1"
        file.seek(0)
        number = next((i for i, line in enumerate(file, 1) if line.decode("utf-8", "ignore").encode() != line), 1)
    return ConfigError(f"{name}:{number}: Not UTF-8 text", f"Try: iconv -f {coding} -t UTF-8 {name}")


def _take_rows(rows: Iterator[Trial], name: str, max_rows: int | None) -> list[Trial]:
    trials = list(islice(rows, MAX_TRIALS + 1 if max_rows is None else max_rows))
    if max_rows is None and len(trials) > MAX_TRIALS:
        raise ConfigError(f"{name} has over {MAX_TRIALS:,} rows", "Use --max-runs N to take only the first rows")
    return trials


def _read_rows(path: Path, name: str, suffix: str) -> Iterator[Trial]:
    if suffix in (".csv", ".tsv"):
        return _read_csv(path, name, "\t" if suffix == ".tsv" else ",")
    if suffix in (".jsonl", ".ndjson"):
        return _read_json_lines(path, name)
    return _read_document(path, name, suffix)


def _read_csv(path: Path, name: str, delimiter: str) -> Iterator[Trial]:
    """Yields a trial for each row after the header. An empty or missing cell sets no value; `''` is empty text."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        header: list[str] | None = None
        try:
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if header is None:
                    header = _parse_header(cells, name)
                elif len(cells) > len(header):
                    problem = f"Wrong number of cells: expected {len(header)}, got {len(cells)}"
                    raise ConfigError(f"{name}:{reader.line_num}: {problem}", f"The columns are {', '.join(header)}")
                else:
                    values = {n: _parse_cell(c) for n, c in zip(header, cells, strict=False) if c.strip()}
                    yield Trial(values, f"{name}:{reader.line_num}")
        except csv.Error as e:
            raise ConfigError(
                f"{name}:{reader.line_num}: {str(e)[:1].upper()}{str(e)[1:]}", "Close each quote with a quote"
            ) from None


def _parse_header(cells: list[str], name: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    if any("\0" in each for each in names):
        raise ConfigError(f"{name}:1: Not UTF-8 text", f"Try: iconv -f UTF-16 -t UTF-8 {name}")
    if len(names) == 1 and any(c in names[0] for c in ";\t"):
        hint = "Separate them by commas; by tabs in a file that ends with .tsv"
        raise ConfigError(f"{name}:1: The columns are not separated by commas", hint)
    for i, each in enumerate(names):
        if not each:
            raise ConfigError(f"{name}:1: Column {i + 1} has no name", "The first row must name the parameters")
        if each in names[:i]:
            raise ConfigError(f"{name}:1: Two columns are named {each!r}", "Remove one of them")
    return names


def _parse_cell(text: str) -> AssignedValue:
    stripped = text.strip()
    if stripped in ("''", '""'):  # the reader does not distinguish "" from an empty cell
        return AssignedValue("", "")
    return AssignedValue(parse_scalar(stripped), stripped)


def _read_json_lines(path: Path, name: str) -> Iterator[Trial]:
    with open(path, encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    value = json.loads(line, object_pairs_hook=_reject_duplicates)
                except (ValueError, RecursionError) as e:
                    raise ConfigError(
                        f"{name}:{number}: Not valid JSON: {e}", 'Each line is an object, such as {"lr": 0.1}'
                    ) from None
                yield _to_trial(value, f"{name}:{number}")


def _read_document(path: Path, name: str, suffix: str) -> Iterator[Trial]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ConfigError(
            f"{name} is larger than {MAX_FILE_BYTES >> 20} MB", "Use CSV or JSON lines, which are read row by row"
        )
    value = _parse_document(path.read_bytes().decode("utf-8-sig"), name, suffix)
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list)]
        value = lists[0] if len(value) == 1 and lists else [value]
    if not isinstance(value, list):
        raise ConfigError(f"{name} is not a list of rows", 'Write it as a list of tables, such as [{"lr": 0.1}]')
    yield from (_to_trial(each, f"{name}: row {i}") for i, each in enumerate(value, 1))


def _parse_document(text: str, name: str, suffix: str) -> object:
    try:
        if suffix == ".json":
            return json.loads(text, object_pairs_hook=_reject_duplicates)
        if suffix == ".toml":
            import tomllib

            return tomllib.loads(text)
        from gage.formats import yaml

        return yaml.parse(text).value if text.strip() else []
    except RecursionError:
        raise ConfigError(f"{name} is nested too deeply") from None
    except ConfigError as e:
        raise ConfigError(f"{name}: {e.message}", e.hint or "Use CSV or JSON lines for large tables") from None
    except ValueError as e:
        if suffix == ".toml":
            raise ConfigError(f"{name}: Not valid TOML: {e}", "Write each run as a table, such as [[runs]]") from None
        where = f"{name}:{e.lineno}" if isinstance(e, json.JSONDecodeError) else name
        hint = f"Try: python -m json.tool {name}"
        raise ConfigError(f"{where}: Not valid JSON: {getattr(e, 'msg', e)}", hint) from None


def _reject_duplicates(pairs: list[tuple[str, JSONValue]]) -> dict[str, JSONValue]:
    """Returns a JSON object. Raises ValueError for a duplicate name."""
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is defined twice")
    return table


def _to_trial(value: object, where: str) -> Trial:
    if not isinstance(value, Mapping):
        raise ConfigError(
            f"{where}: A row must be a table of names and values, got {json.dumps(value, default=str)[:60]}"
        )
    values: Values = {str(name): _to_assigned(each) for name, each in value.items()}
    return Trial(values, where)


def _to_assigned(value: JSONValue) -> AssignedValue:
    """Returns a value with the type that the file has; a text parameter takes scalars as written."""
    if isinstance(value, str):
        return AssignedValue(value, value)
    plain = value is None or isinstance(value, (bool, int, float))
    return AssignedValue(value, json.dumps(value, default=str), is_typed=not plain)
