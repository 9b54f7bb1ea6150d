"""Contains the test class that every reader of a metrics file must pass."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import FileReader, ReadResult
from gage.metrics.readers import find_reader

few_examples = settings(
    deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.differing_executors]
)


class CollectedData:
    """All data that a reader has returned so far."""

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[int, str]]] = {}
        self.numbers: dict[str, float] = {}
        self.attributes: dict[str, object] = {}
        self.notes: list[str] = []

    def add(self, result: ReadResult) -> None:
        if result.replaces_all:
            self.points, self.numbers, self.attributes = {}, {}, {}
        for name, step, time, value in result.values:
            assert isinstance(time, float)
            self._add_point(name, step, value)
        for name, series in result.series.items():
            for step, value in zip(series.steps, series.values, strict=True):
                self._add_point(name, step, value)
        self.numbers.update(result.numbers)
        self.attributes.update(result.attributes)
        self.notes += result.notes
        assert all(type(n) is str and type(v) is float for n, v in self.numbers.items())

    def _add_point(self, name: str, step: int, value: float) -> None:
        assert type(name) is str and type(step) is int and type(value) is float
        assert -(1 << 63) <= step < 1 << 63, "a step must fit into 64 bits"
        self.points.setdefault(name, []).append((step, repr(value)))

    def all(self) -> object:
        return self.points, self.numbers, self.attributes

    def count(self) -> int:
        return sum(map(len, self.points.values())) + len(self.numbers)


class FileReaderContract:
    """A subclass defines a `sample` and the `name` of its file, relative to the run directory."""

    name = ""
    sample = b""

    def open(self, directory: Path, data: bytes | None) -> FileReader:
        path = directory / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data)
        reader = find_reader(str(path), self.name, plugins=ReaderPlugins())
        assert reader is not None
        return reader

    def read_whole(self, directory: Path, data: bytes) -> CollectedData:
        """Returns the data of a file that is complete when it is first read."""
        collected = CollectedData()
        collected.add(self.open(directory, data).read_new(final=True))
        return collected

    def test_sample_has_values(self, tmp_path: Path) -> None:
        collected = self.read_whole(tmp_path, self.sample)
        assert collected.count() > 1 and not collected.notes

    @few_examples
    @given(st.data())
    def test_reads_the_same_in_pieces(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(self.sample)), max_size=8)))
        folder = tmp_path_factory.mktemp("pieces")
        reader, collected = self.open(folder, b""), CollectedData()
        for begin, end in zip([0, *cuts], [*cuts, len(self.sample)], strict=True):
            with open(folder / self.name, "ab") as file:
                file.write(self.sample[begin:end])
            collected.add(reader.read_new())
        collected.add(reader.read_new(final=True))
        assert collected.all() == self.read_whole(tmp_path_factory.mktemp("whole"), self.sample).all()
        assert not collected.notes

    def test_reads_nothing_without_new_lines(self, tmp_path: Path) -> None:
        reader = self.open(tmp_path, self.sample)
        reader.read_new()
        result = reader.read_new()
        assert not result.values and not result.series and not result.replaces_all

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_truncated_file_repeats_nothing(self, tmp_path: Path, part: int) -> None:
        reader, collected = self.open(tmp_path, self.sample), CollectedData()
        collected.add(reader.read_new())
        os.truncate(tmp_path / self.name, len(self.sample) * part // 3)
        for final in (False, True):
            collected.add(reader.read_new(final))
            assert collected.count() <= self.read_whole(tmp_path / "whole", self.sample).count()

    def test_replaced_file_repeats_nothing(self, tmp_path: Path) -> None:
        reader, collected = self.open(tmp_path, self.sample), CollectedData()
        collected.add(reader.read_new())
        (tmp_path / "aside").write_bytes(self.sample)
        os.replace(tmp_path / "aside", tmp_path / self.name)
        collected.add(reader.read_new())
        collected.add(reader.read_new(final=True))
        assert collected.all() == self.read_whole(tmp_path / "whole", self.sample).all()

    def test_reads_a_file_that_appears_later(self, tmp_path: Path) -> None:
        reader, collected = self.open(tmp_path, None), CollectedData()
        with pytest.raises(OSError):
            reader.read_new()
        (tmp_path / self.name).write_bytes(self.sample)
        collected.add(reader.read_new(final=True))
        assert collected.all() == self.read_whole(tmp_path / "whole", self.sample).all()

    def test_reads_nothing_from_an_empty_file(self, tmp_path: Path) -> None:
        collected = self.read_whole(tmp_path, b"")
        assert collected.count() == 0 and not collected.notes

    @few_examples
    @given(st.binary(max_size=300))
    def test_reads_any_bytes(self, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
        self.read_whole(tmp_path_factory.mktemp("any"), data)

    @few_examples
    @given(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=12), st.integers(0, 12))
    def test_reads_a_file_with_any_damage(
        self, tmp_path_factory: pytest.TempPathFactory, start: int, inserted: bytes, removed: int
    ) -> None:
        start %= len(self.sample)
        data = self.sample[:start] + inserted + self.sample[start + removed :]
        collected = self.read_whole(tmp_path_factory.mktemp("damage"), data)
        assert len(collected.notes) < 20


def encode_lines(texts: Sequence[str]) -> bytes:
    """Returns the texts as lines of a file."""
    return "".join(f"{text}\n" for text in texts).encode()
