"""The version of an operation: a change separates old runs from new ones."""


def test_changed_version_makes_a_run_needed(gage, project):
    file = project / "gage.toml"
    file.write_text('[train]\nexec = "python train.py"\nsourcecode = ["*.py"]\n')
    gage("run", "train", "--needed", "--yes")
    assert "Not needed" in gage("run", "train", "--needed", "--yes").err
    for version in ("1", '"2"', '"new-data"'):
        file.write_text(file.read_text().partition("version")[0] + f"version = {version}\n")
        assert "Not needed" not in gage("run", "train", "--needed", "--yes").err
        assert "Not needed" in gage("run", "train", "--needed", "--yes").err
    runs = gage("list", "--json").json["runs"]
    assert [run["version"] for run in runs] == ["new-data", "2", "1", ""]
    lines = gage("list").out.splitlines()[1:]
    assert [("train new-data" in x, "train v2" in x, "train v1" in x) for x in lines] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert len(gage("select", "--where", 'version="new-data"').out.split()) == 1
