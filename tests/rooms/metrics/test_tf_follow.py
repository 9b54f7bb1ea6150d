"""A run's event files while they grow."""

from gage.metrics.follow import Following
from gage.metrics.tfwrite import Writer


def test_each_look_tells_what_is_new(tmp_path):
    following = Following(tmp_path)
    assert following.look() == ({}, [], [])
    writer = Writer(tmp_path / "a.tfevents")
    writer.add({"loss": 2.0}, 1, 10.0)
    assert list(following.look().series["loss"].values) == [2.0]
    assert following.look().series == {}
    for step in range(2, 500):
        writer.add({"loss": 1 / step}, step, 10.0 + step)
    found = following.look().series["loss"]
    assert list(found.steps) == list(range(2, 500))
    writer.close()


def test_a_file_in_a_new_folder_is_found(tmp_path):
    following = Following(tmp_path)
    following.look()
    (tmp_path / "logs" / "train").mkdir(parents=True)
    writer = Writer(tmp_path / "logs" / "train" / "a.tfevents")
    writer.add({"loss": 2.0}, 1, 10.0)
    assert list(following.look().series) == ["logs/train#loss"]
    writer.add({"loss": 3.0}, 2, 11.0)
    writer.close()
    assert list(following.look().series["logs/train#loss"].steps) == [2]


def test_half_a_record_is_waited_for(tmp_path):
    writer = Writer(tmp_path / "a.tfevents")
    writer.add({"loss": 2.0}, 1, 10.0)
    writer.add({"loss": 1.0}, 2, 11.0)
    writer.close()
    data = (tmp_path / "a.tfevents").read_bytes()
    seen = []
    following = Following(tmp_path)
    for end in range(len(data) + 1):
        (tmp_path / "a.tfevents").write_bytes(data[:end])
        news = following.look()
        seen += news.series["loss"].values if news.series else []
        assert not news.notes
    assert seen == [2.0, 1.0]


def test_a_file_that_becomes_shorter_is_told_and_left(tmp_path):
    writer = Writer(tmp_path / "a.tfevents")
    writer.add({"loss": 2.0}, 1, 10.0)
    writer.close()
    following = Following(tmp_path)
    following.look()
    (tmp_path / "a.tfevents").write_bytes(b"")
    assert len(following.look().notes) == 1
    assert following.look() == ({}, [], [])
    (tmp_path / "a.tfevents").unlink()
    assert following.look() == ({}, [], [])
