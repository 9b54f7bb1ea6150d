"""Parameters found in the source of R and shell scripts."""

from pathlib import Path
from textwrap import dedent

from hypothesis import given
from hypothesis import strategies as st

from gage.formats import shell
from gage.parsers.build_args import build_args
from gage.parsers.r import lexer
from gage.parsers.read_source import read_source


def read_r(text):
    return read_source(Path("fit.R"), dedent(text))


def read_shell(text):
    return read_source(Path("train.sh"), dedent(text))


def map_defaults(spec):
    return {p.name: p.default for p in spec.parameters}


def test_finds_no_parser_in_r():
    assert read_r("lr <- 0.1\nargs <- commandArgs(TRUE)\n") is None


def test_finds_r_calls_over_several_lines():
    spec = read_r("""
        # make_option("--not")
        x <- add_option(x, c("-g", "--gen"),  # add_option("--nor")
           default = "a),b(", help = paste("One,", 'two "three"'))
        x <- add_option(x, "--n", type = "integer", default = as.integer(1e3))
    """)
    assert map_defaults(spec) == {"gen": "a),b(", "n": 1000}
    assert spec.parameters[0].description == 'One, two "three"'


def test_resolves_r_names_that_are_assigned_once():
    spec = read_r("""
        once <- 5
        twice <- 1
        twice <- 2
        add_option(p, "--a", default = once)
        add_option(p, "--b", default = twice)
        add_option(p, "--c", default = itself)
        itself <- itself
    """)
    assert map_defaults(spec) == {"a": 5.0, "b": None, "c": None}


def test_evaluates_constants_of_r():
    spec = read_r("""
        name <- as.character(3)
        add_option(p, "--hex", type = "integer", default = 0x10)
        add_option(p, "--na", default = NA_character_)
        add_option(p, "--inf", default = Inf)
        add_option(p, "--text", default = name)
        add_option(p, "--large", default = as.integer(1e300))
        add_option(p, "--made", default = paste(Sys.time()))
        add_option(p, "--flag", default = TRUE)
        add_option(p, opt)
    """)
    expected = {"hex": 16, "na": None, "inf": float("inf"), "text": "3", "large": None, "made": None, "flag": True}
    assert map_defaults(spec) == expected
    assert [p.type for p in spec.parameters] == ["int", "str", "float", "str", "str", "str", "bool"]


def test_ignores_arguments_of_r_without_a_name():
    assert read_r('p$add_argument("-v", action = "version")\nq <- add_argument(q, computed)\n') is None


def test_finds_docopt_in_r_with_right_assignment():
    spec = read_r(
        "'usage: x [--alpha=<a>] <input>\n\noptions:\n  --alpha=<a>  Level [default: 0.05]\n' -> doc\ndocopt(doc)\n"
    )
    assert map_defaults(spec) == {"alpha": "0.05", "input": None}
    assert [p.required for p in spec.parameters] == [False, True]


def test_finds_commands_of_docopt_in_r():
    spec = read_r("""
        doc <- "Usage:
          fit.R (train|tune) <data>... [options]
          fit.R show <data> --top=<k> [-v]
          fit.R --help

        Options:
          -l <rate>, --lr <rate>  Rate [default: 0.1].
          -h --help  Help
          "
        docopt(doc)
    """)
    assert spec.commands == ("train", "tune", "show")
    parameters = {(p.command, p.name): p for p in spec.parameters}
    assert list(parameters) == [
        *[(command, name) for command in ("train", "tune") for name in ("data", "lr")],
        *[("show", name) for name in ("data", "top", "v")],
    ]
    assert (parameters["train", "lr"].default, parameters["show", "data"].nargs) == ("0.1", "*")


@given(st.text("c(\"'L1e9,)#\n\\ TRUEas.integer", max_size=60))
def test_evaluates_or_rejects_any_r_value(text):
    try:
        lexer.evaluate_expression(text, {text: text})
    except ValueError:
        pass


def test_finds_no_parameters_in_shell():
    assert read_shell("echo hello\npython train.py\n") is None


def test_ignores_variables_in_quotes_comments_and_here_documents():
    spec = read_shell("""
        # ${COMMENT:-1}
        echo '${SINGLE:-2}' "${DOUBLE:-3}"
        cat <<'END'
        ${QUOTED:-4}
        END
        X=$(echo ${INNER:-5})
    """)
    assert map_defaults(spec) == {"DOUBLE": 3, "INNER": 5}
    assert {p.action for p in spec.parameters} == {"env"}


def test_finds_options_of_getopts():
    spec = read_shell("""
        LR=0.01 EPOCHS=5
        while getopts ":l:e:v" opt; do
          case $opt in
            l) LR=$OPTARG ;;
            e) EPOCHS="$OPTARG" ;;
            v) VERBOSE=1 ;;
          esac
        done
    """)
    assert map_defaults(spec) == {"l": 0.01, "e": 5, "v": False}
    assert [p.aliases for p in spec.parameters] == [("LR",), ("EPOCHS",), ("VERBOSE",)]


def test_a_variable_of_an_option_is_not_a_parameter_of_its_own():
    spec = read_shell("""
        RATE=0.1
        TIME=$(date)
        case "$1" in
          --rate) RATE="$2" ;;
          --time) TIME="$2" ;;
          --other) shift ;;
        esac
        RATE=${RATE:-0.2}
        LATE=$3
    """)
    assert map_defaults(spec) == {"rate": 0.1, "time": None}


def test_finds_positional_arguments_of_a_script():
    spec = read_shell("DATA=$1\nLR=${2:-0.1}\n")
    assert build_args(spec, {"DATA": "-x", "LR": -1}) == ["-x", "-1"]


def test_a_default_that_the_shell_compares_as_text_is_text():
    texts = "${A:-007} ${B:-True} ${C:-true} ${D:-0x10} ${E:-null} ${F:-0.5}"
    assert list(map_defaults(read_shell(f"echo {texts}\n")).values()) == ["007", "True", True, "0x10", "null", 0.5]


def test_requires_arguments_of_a_script_only_if_the_shell_does():
    def list_required(text):
        return [p.required for p in read_shell(text).parameters]

    assert list_required("lr=$1\nn=${2}\n") == [False, False]
    assert list_required("lr=${1?missing}\nn=${2:-1}\n") == [True, False]
    for line in ("set -u", "set -euo pipefail", "set -o nounset", "set -e -u"):
        assert list_required(f"{line}\nlr=$1\nn=${{2:-}}\n") == [True, False]
    assert list_required("#!/bin/bash -eu\nlr=$1\n") == [True]
    assert list_required("set -e\necho -u\nlr=$1\n") == [False]


def test_finds_options_with_an_equals_sign():
    spec = read_shell("""
        for arg in "$@"; do
          case "$arg" in
            --lr=*) LR="${arg#*=}" ;;
            --debug) DEBUG=YES ;;
          esac
        done
    """)
    assert [(p.flags, p.action) for p in spec.parameters] == [(("--lr",), "store"), (("--debug",), "store_true")]


def test_changes_only_the_values_of_a_script():
    text = b"#!/bin/sh\nLR=0.1  # rate\nexport NAME='a b'\nTWICE=1\nTWICE=2\nOUT=$HOME/x\nif true; then\nIN=1\nfi\n"
    assert {name: f.value for name, f in shell.read(text).items()} == {"LR": 0.1, "NAME": "a b", "IN": 1}
    changed = shell.apply(text, {"LR": 0.5, "NAME": "it's $5"})
    assert changed == text.replace(b"LR=0.1", b"LR=0.5").replace(b"'a b'", b"'it'\"'\"'s $5'")


@given(st.text("LR=0.1'\"$\n#\\;` {}()", max_size=60))
def test_changes_values_of_any_script(text):
    data = text.encode()
    fields = shell.read(data)
    values = dict.fromkeys(fields, "x y")
    changed = shell.read(shell.apply(data, values))
    assert {name: changed[name].value for name in values} == values
