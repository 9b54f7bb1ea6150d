"""Values of config files that options of programs name (`--config config.json`) as parameters of a run."""

import json

import pytest

from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.errors import ConfigError
from gage.types.plan import FilePatch

OPENS = """\
import argparse, json
p = argparse.ArgumentParser()
p.add_argument("--config", default="config.json")
p.add_argument("--seed", type=int, default=1)
p.add_argument("--data", default="data.json")
args = p.parse_args()
print(json.load(open(args.config)), args.seed)
"""
READS = """\
from jsonargparse import ArgumentParser
p = ArgumentParser()
p.add_argument("--config", action="config")
p.add_argument("--lr", type=float, default=0.1)
p.add_argument("--opt", type=dict, default={})
print(p.parse_args())
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / ".gage").mkdir(parents=True)
    (folder / "t.py").write_text(OPENS)
    (folder / "j.py").write_text(READS)
    (folder / "config.json").write_text(json.dumps({"lr": 0.1, "net": {"dim": 3}, "seed": 9}))
    (folder / "other.json").write_text(json.dumps({"lr": 0.2, "extra": 1}))
    (folder / "data.json").write_text(json.dumps({"rows": 5}))
    (folder / "c.yaml").write_text("lr: 0.5\nopt:\n  a: 1\n")
    return folder


def make_plan(folder, *words, arguments=(), **options):
    return plan_run(RunRequest(words[0], assignments=words[1:], arguments=arguments, cwd=folder, **options))


def test_offers_the_keys_of_the_file_that_the_option_names(project):
    plan = make_plan(project, "t.py", "lr=0.3", "net.dim=4", "seed=5")
    assert plan.patches == (FilePatch("config.json", {"lr": 0.3, "net.dim": 4, "seed": 5}),)
    assert plan.command.args == ("python", "t.py", "--seed=5")
    assert plan.config == {"config": "config.json", "data": "data.json", "seed": 5, "lr": 0.3, "net.dim": 4}


@pytest.mark.parametrize("arguments", [(), ("--config", "other.json"), ("--config=other.json",)])
def test_sets_values_in_the_file_that_is_given(project, arguments):
    words = ("lr=0.3",) if arguments else ("lr=0.3", "config=other.json")
    plan = make_plan(project, "t.py", *words, arguments=arguments)
    assert plan.patches == (FilePatch("other.json", {"lr": 0.3}),)
    assert plan.config == {"config": "other.json", "data": "data.json", "seed": 1, "lr": 0.3, "extra": 1}


@pytest.mark.parametrize(
    "words",
    [
        ("extra=2",),
        ("config=missing.json", "lr=0.3"),
        ("config=t.py", "lr=0.3"),
        ("config=../out.json", "lr=0.3"),
        ("rows=7",),
    ],
)
def test_rejects_names_that_the_file_does_not_have(project, words):
    (project.parent / "out.json").write_text('{"lr": 1}')
    with pytest.raises(ConfigError, match="Unknown parameter"):
        make_plan(project, "t.py", *words)


def test_offers_no_file_that_the_program_may_not_read(project):
    (project / "sub").mkdir()
    (project / "sub" / "t.py").write_text(OPENS)
    assert "lr" in make_plan(project, "sub/t.py").config
    (project / "sub" / "config.json").write_text('{"lr": 7}')  # a program may look beside its script
    assert "lr" not in make_plan(project, "sub/t.py").config
    (project / "real.json").write_text('{"x": 7}')
    (project / "link.json").symlink_to("real.json")
    assert "x" not in make_plan(project, "t.py", "config=link.json").config
    with pytest.raises(ConfigError, match="Unknown parameter"):
        make_plan(project, "t.py", f"config={project}/other.json", "extra=2")


def test_a_file_that_is_no_source_code_has_no_parameters(project):
    (project / "big.json").write_text(json.dumps({"lr": 1, "pad": "x" * 1_100_000}))
    assert "lr" not in make_plan(project, "t.py", "config=big.json").config
    (project / "gage.toml").write_text('[train]\nexec = "python t.py"\nsourcecode = "t.py"\n')
    assert "lr" not in make_plan(project, "train").config
    with pytest.raises(ConfigError, match="not part of the source code"):
        make_plan(project, "train", "lr=3")


def test_the_config_of_a_gage_file_selects_all_parameters(project):
    (project / "gage.toml").write_text('[train]\nexec = "python t.py --config other.json"\nconfig = "t.py#seed"\n')
    assert make_plan(project, "train").config == {"seed": 1}
    (project / "gage.toml").write_text('[train]\nexec = "python t.py --config other.json"\n')
    assert make_plan(project, "train", "lr=5").patches == (FilePatch("other.json", {"lr": 5}),)


def test_a_file_that_the_parser_reads_has_the_defaults(project):
    plan = make_plan(project, "j.py", "config=c.yaml")
    assert plan.config == {"config": "c.yaml", "lr": 0.5, "opt": {"a": 1}}
    plan = make_plan(project, "j.py", "config=c.yaml", "lr=0.7")
    assert (plan.config["lr"], plan.patches) == (0.7, ())
    assert make_plan(project, "j.py", arguments=("--config", "c.yaml")).config["lr"] == 0.5
    plan = make_plan(project, "j.py", arguments=("--lr=0.7", "--config=c.yaml"))
    assert "lr" not in plan.config
    assert "lr" in "".join(plan.notices)


@pytest.mark.parametrize(
    "use",
    [
        "for k, v in cfg.items(): setattr(args, k, v)",
        "p.set_defaults(**cfg); args = p.parse_args()",
        "cfg.update(vars(args)); vars(args).update(cfg)",
    ],
)
def test_a_name_of_parser_and_file_is_set_in_both(project, use):
    parser = OPENS.replace("print(", "cfg = json.load(open(args.config))\n" + use + "\nprint(vars(args)) #")
    (project / "t.py").write_text(parser.replace('"--seed"', '"--seed", "--the-seed"'))
    for word in ("seed=5", "the-seed=5"):
        plan = make_plan(project, "t.py", word)
        assert plan.patches == (FilePatch("config.json", {"seed": 5}),)
        assert (plan.config["seed"], plan.notices) == (5, ())


def test_a_value_that_the_file_may_replace_is_not_recorded(project):
    for arguments in ((), ("--seed", "4")):
        plan = make_plan(project, "t.py", arguments=arguments)
        assert "seed" not in plan.config
        assert plan.patches == ()
        note = "Not recorded as config, since config.json may replace it: seed; to set both: seed=VALUE"
        assert note in plan.notices
    assert make_plan(project, "t.py", arguments=("--seed=9",)).config["seed"] == 9
    (project / "t.py").write_text(OPENS.replace("default=1", "default=None"))
    plan = make_plan(project, "t.py")
    assert (plan.config["seed"], plan.command.args, plan.notices) == (9, ("python", "t.py"), ())


def test_words_that_may_replace_values_of_the_file_are_not_lost(project):
    plan = make_plan(project, "t.py", arguments=("--config=other.json", "--seed", "4"))
    assert (plan.config["seed"], plan.arguments) == (4, ())  # other.json has no seed
    plan = make_plan(project, "t.py", arguments=("--config=config.json", "--seed", "4"))
    assert ("seed" in plan.config, plan.arguments) == (False, ("--seed", "4"))
    plan = make_plan(project, "j.py", arguments=("--lr=0.7", "--config=c.yaml"))
    assert plan.arguments == ("--lr=0.7", "--config=c.yaml")  # a restart keeps their order
    assert plan.config == {}


@pytest.mark.parametrize("words", [(), ("opts=[lr=0.5]",)])
def test_a_value_of_the_file_that_other_arguments_name_is_not_recorded(project, words):
    source = OPENS.replace("args =", 'p.add_argument("opts", nargs="*"); args =')
    (project / "t.py").write_text(source)
    arguments = () if words else ("net.dim=3", "lr=0.5")
    plan = make_plan(project, "t.py", *words, arguments=arguments)
    assert "lr" not in plan.config
    assert ("net.dim" in plan.config) == bool(words)
    assert "Not recorded as config, since arguments of the program may set it: lr" in "".join(plan.notices)


def test_options_with_one_destination_are_recorded_as_one(project):
    options = """p.add_argument("--fast", dest="s", action="store_const", const="f", default="m")
p.add_argument("--slow", dest="s", action="store_const", const="s")
args ="""
    (project / "t.py").write_text(OPENS.replace("args =", options, 1))
    for plan in (make_plan(project, "t.py", arguments=("--slow",)), make_plan(project, "t.py", "slow=s")):
        assert (plan.config["slow"], plan.config.get("fast")) == ("s", None)


def test_values_that_are_set_follow_a_file_that_the_parser_reads(project):
    (project / "j.py").write_text(
        READS.replace('p.add_argument("--config", action="config")\n', "").replace(
            "print", 'p.add_argument("--config", action="config")\nprint'
        )
    )
    plan = make_plan(project, "j.py", "lr=0.7", "config=c.yaml")
    assert plan.command.args[2:] == ("--config=c.yaml", "--lr=0.7")
    plan = make_plan(project, "j.py", "lr=0.7", arguments=("--config", "c.yaml"))
    assert plan.command.args[2:] == ("--config", "c.yaml", "--lr=0.7")
    assert plan.config["lr"] == 0.7


def test_values_of_a_file_that_cannot_be_read_are_not_recorded(project):
    plan = make_plan(project, "j.py", "config=missing.yaml", "lr=0.7")
    assert plan.config == {"config": "missing.yaml", "lr": 0.7}
    assert "missing.yaml may set them" in "".join(plan.notices)


def test_values_that_overrides_of_hydra_change_are_not_recorded(project):
    (project / "conf" / "db").mkdir(parents=True)
    (project / "conf" / "config.yaml").write_text("defaults:\n  - db: my\nlr: 0.1\n")
    (project / "conf" / "db" / "my.yaml").write_text("host: a\nport: 1\n")
    (project / "conf" / "db" / "pg.yaml").write_text("host: b\nport: 2\n")
    decorator = "@hydra.main(version_base=None, config_path='conf', config_name='config')\n"
    (project / "h.py").write_text(f"import hydra\n{decorator}def main(cfg):\n    print(cfg)\nmain()\n")
    assert make_plan(project, "h.py", "db=pg", "++db.port=7").config == {
        "db": "pg",
        "db.host": "b",
        "++db.port": 7,
        "lr": 0.1,
    }
    plan = make_plan(project, "h.py", arguments=("db=pg", "++db.port=7"))
    assert plan.config == {"++db.port": 7, "lr": 0.1}  # db is unknown, and so is what it sets
