"""What every reader of a file with metrics promises: a test class that each of them runs."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from gage.metrics.plugins import ReaderPlugins
from gage.metrics.reader_api import FileReader, ReadResult
from gage.metrics.readers import find_reader

few = effort(deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.differing_executors])


class CollectedData:
    """All that a file has said so far."""

    def __init__(self) -> None:
        self.points: dict[str, list[tuple[int, str]]] = {}
        self.numbers: dict[str, float] = {}
        self.attributes: dict[str, object] = {}
        self.notes: list[str] = []

    def add(self, found: ReadResult) -> None:
        if found.replaces_all:
            self.points, self.numbers, self.attributes = {}, {}, {}
        for name, step, time, value in found.values:
            assert isinstance(time, float)
            self._point(name, step, value)
        for name, series in found.series.items():
            for step, value in zip(series.steps, series.values, strict=True):
                self._point(name, step, value)
        self.numbers.update(found.numbers)
        self.attributes.update(found.attributes)
        self.notes += found.notes
        assert all(type(n) is str and type(v) is float for n, v in self.numbers.items())

    def _point(self, name: str, step: int, value: float) -> None:
        assert type(name) is str and type(step) is int and type(value) is float
        assert -(1 << 63) <= step < 1 << 63, "a step has to fit into 64 bits"
        self.points.setdefault(name, []).append((step, repr(value)))

    def all(self) -> object:
        return self.points, self.numbers, self.attributes

    def count(self) -> int:
        return sum(map(len, self.points.values())) + len(self.numbers)


class FileReaderContract:
    """A subclass names a `sample` and the `name` of its file, relative to the run directory."""

    name = ""
    sample = b""

    def open(self, folder: Path, data: bytes | None) -> FileReader:
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None:
            path.write_bytes(data)
        reader = find_reader(str(path), self.name, plugins=ReaderPlugins())
        assert reader is not None
        return reader

    def read_whole(self, folder: Path, data: bytes) -> CollectedData:
        """What is said by a file that is complete from the beginning."""
        heard = CollectedData()
        heard.add(self.open(folder, data).read_new(final=True))
        return heard

    def test_sample_has_values(self, tmp_path: Path) -> None:
        heard = self.read_whole(tmp_path, self.sample)
        assert heard.count() > 1 and not heard.notes

    @few
    @given(st.data())
    def test_reads_the_same_in_pieces(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(self.sample)), max_size=8)))
        folder = tmp_path_factory.mktemp("pieces")
        reader, heard = self.open(folder, b""), CollectedData()
        for begin, end in zip([0, *cuts], [*cuts, len(self.sample)], strict=True):
            with open(folder / self.name, "ab") as file:
                file.write(self.sample[begin:end])
            heard.add(reader.read_new())
        heard.add(reader.read_new(final=True))
        assert heard.all() == self.read_whole(tmp_path_factory.mktemp("whole"), self.sample).all()
        assert not heard.notes

    def test_reads_nothing_without_new_lines(self, tmp_path: Path) -> None:
        reader = self.open(tmp_path, self.sample)
        reader.read_new()
        found = reader.read_new()
        assert not found.values and not found.series and not found.replaces_all

    @pytest.mark.parametrize("part", [0, 1, 2])
    def test_truncated_file_repeats_nothing(self, tmp_path: Path, part: int) -> None:
        reader, heard = self.open(tmp_path, self.sample), CollectedData()
        heard.add(reader.read_new())
        os.truncate(tmp_path / self.name, len(self.sample) * part // 3)
        for final in (False, True):
            heard.add(reader.read_new(final))
            assert heard.count() <= self.read_whole(tmp_path / "whole", self.sample).count()

    def test_replaced_file_repeats_nothing(self, tmp_path: Path) -> None:
        reader, heard = self.open(tmp_path, self.sample), CollectedData()
        heard.add(reader.read_new())
        (tmp_path / "aside").write_bytes(self.sample)
        os.replace(tmp_path / "aside", tmp_path / self.name)
        heard.add(reader.read_new())
        heard.add(reader.read_new(final=True))
        assert heard.all() == self.read_whole(tmp_path / "whole", self.sample).all()

    def test_reads_a_removed_file_that_comes_back(self, tmp_path: Path) -> None:
        reader, heard = self.open(tmp_path, None), CollectedData()
        with pytest.raises(OSError):
            reader.read_new()
        (tmp_path / self.name).write_bytes(self.sample)
        heard.add(reader.read_new(final=True))
        assert heard.all() == self.read_whole(tmp_path / "whole", self.sample).all()

    def test_reads_nothing_from_an_empty_file(self, tmp_path: Path) -> None:
        heard = self.read_whole(tmp_path, b"")
        assert heard.count() == 0 and not heard.notes

    @few
    @given(st.binary(max_size=300))
    def test_reads_any_bytes(self, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
        self.read_whole(tmp_path_factory.mktemp("any"), data)

    @few
    @given(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=12), st.integers(0, 12))
    def test_reads_a_file_with_any_damage(
        self, tmp_path_factory: pytest.TempPathFactory, at: int, other: bytes, instead_of: int
    ) -> None:
        at %= len(self.sample)
        data = self.sample[:at] + other + self.sample[at + instead_of :]
        heard = self.read_whole(tmp_path_factory.mktemp("damage"), data)
        assert len(heard.notes) < 20


def lines(texts: Sequence[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()
