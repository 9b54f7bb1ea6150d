"""Runs scripts of several languages with a gage block."""

import shutil

import pytest

BLOCK = """\
{c} /// gage
{c} description = "Says hello"
{c} version = 3
{c} tags = ["greeting"]
{c}
{c} env = {{ A = "one" }}
{c} ///
"""
SCRIPTS = {
    "bash": ("say.bash", 'echo "hello from bash $A"\n'),
    "sh": ("say.sh", 'echo "hello from sh $A"\n'),
    "Rscript": ("say.R", 'cat("hello from R", Sys.getenv("A"))\n'),
    "node": ("say.mjs", 'console.log("hello from node", process.env.A)\n'),
    "julia": ("say.jl", 'println("hello from Julia ", ENV["A"])\n'),
    "perl": ("say", 'print "hello from perl $ENV{A}";\n'),
    "python3": ("say.py", 'import os\nprint("hello from Python", os.environ["A"])\n'),
}


@pytest.mark.parametrize("program", SCRIPTS)
def test_runs_a_script_with_a_gage_block(gage, project, program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    name, text = SCRIPTS[program]
    first = f"#!/usr/bin/env {program}\n" if program in ("perl", "sh") else ""
    block = BLOCK.format(c="//" if program == "node" else "#")
    (project / name).write_text(first + block + text)
    result = gage("run", name, "--yes")
    assert "hello from" in result.out and result.out.rstrip().endswith("one")
    run = gage("show", "1", "--json").json
    assert (run["version"], run["tags"], run["operation"]) == ("3", ["greeting"], name)
    (project / name).write_text(first + block.replace("tags", "tgas") + text)
    line = 5 if first else 4
    assert f"{name}:{line}:" in gage("run", name, "--yes", code=1).err
