"""Values that the program computes when it starts, or reads from the environment: what a run records of them."""

import json
import sys

import pytest

ARGPARSE = """\
import argparse, random
p = argparse.ArgumentParser()
p.add_argument("--seed", type=int, default=random.randrange(10**9))
p.add_argument("--lr", type=float, default=0.1)
print(p.parse_args())
"""
NOTICE = "Not recorded as config, since the program computes it when it starts: seed"


def read_config(gage):
    return json.loads(gage("show", "1", "--json").out)["config"]


def test_a_default_computed_at_the_start_is_not_recorded(gage, project):
    (project / "seed.py").write_text(ARGPARSE)
    assert gage("run", "seed.py", "--yes").err.count(NOTICE) == 1
    assert read_config(gage) == {"lr": 0.1}
    assert NOTICE in gage("run", "--", sys.executable, "seed.py").err
    assert read_config(gage) == {"lr": 0.1}
    assert "Not recorded" not in gage("run", "seed.py", "seed=3", "--yes").err
    assert read_config(gage) == {"lr": 0.1, "seed": 3}
    gage("run", "--restart", "1", "lr=0.2", "--yes")
    assert read_config(gage) == {"lr": 0.2, "seed": 3}
    assert "Not needed" not in gage("run", "--needed", "--yes", "seed.py", "seed=4").err
    for command in (("config", "seed.py"), ("run", "seed.py", "--help-op")):
        assert gage(*command).out.count("computed when the program starts") == 1


HYDRA = """\
import argparse, hydra
argparse.ArgumentParser._check_help = lambda *_: None
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(c):
    print(c.n)
main()
"""
OMEGACONF = """\
from omegaconf import OmegaConf
c = OmegaConf.merge(OmegaConf.load("conf/config.yaml"), OmegaConf.from_cli())
"""
CONFIG = "seed: ${oc.env:MY_SEED,1}\nwhen: ${now:%H}\nn: 1\nl: [1, 2]\nr: ${n}\nname: run_${n}\nfirst: ${l[0]}\n"


@pytest.mark.parametrize("source", [HYDRA, OMEGACONF])
def test_values_from_the_environment_are_those_of_the_run(gage, project, monkeypatch, source):
    pytest.importorskip("omegaconf")
    (project / "conf").mkdir()
    (project / "conf/config.yaml").write_text(CONFIG)
    (project / "h.py").write_text(source)
    for seed in ("3", "4"):
        monkeypatch.setenv("MY_SEED", seed)
        err = gage("run", "h.py", "--yes", "--needed").err
        assert "Not needed" not in err and "when it starts: when" in err
        config = read_config(gage)
        assert str(config["seed"]) == seed and config["name"] == "run_1" and "when" not in config
    assert "Not needed" in gage("run", "h.py", "--yes", "--needed").err


@pytest.mark.parametrize("word", ["n=1e3", "++n=5"])
def test_values_that_follow_an_unknown_value_are_not_recorded(gage, project, word):
    pytest.importorskip("hydra")
    (project / "conf").mkdir()
    (project / "conf/config.yaml").write_text(CONFIG.replace("when: ${now:%H}\n", ""))
    (project / "h.py").write_text(HYDRA)
    err = gage("run", "--", sys.executable, "h.py", word).err
    assert "since other values may change it: first, name, r" in err
    assert {"n", "r", "name", "first"}.isdisjoint(read_config(gage))


def test_variables_in_a_path_are_those_of_the_run(gage, project, monkeypatch):
    option = "p.add_argument('--data', default=os.path.expandvars('$MY_DATA/x'))"
    (project / "d.py").write_text(f"import argparse, os\np = argparse.ArgumentParser()\n{option}\np.parse_args()\n")
    for folder in ("a", "b"):
        monkeypatch.setenv("MY_DATA", folder)
        gage("run", "d.py", "--yes")
        assert read_config(gage) == {"data": f"{folder}/x"}
