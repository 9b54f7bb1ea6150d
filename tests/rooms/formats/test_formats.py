"""Every config format passes the contract; tests of details of each format."""

import json as stdlib
import math
import re
import tomllib

import pytest
import yaml as pyyaml
from config_source import ConfigSourceContract

from gage.formats import dotenv, ini, json, notebook, python, r, shell, toml, yaml
from gage.formats.registry import detect_config_source, find_config_source, format_name
from gage.formats.untyped_text import parse_text
from gage.types.errors import ConfigError


class TestPython(ConfigSourceContract):
    source = python
    sample = (
        '#!/usr/bin/env python\n"""Doc."""\nimport os\n\nlr = 0.1  # é rate\nname: str = "été"; other = \'x\'\n'
        "layers = [1, 2,\n          3]\ntable = {'a': 1, \"b\": {'c': None}}\na, b = -1, 60 * 60\n"
        "class CFG:\n    width = 3\n    shape = (1, 2)\nprint(lr)\n"
    ).encode()
    number, text = "lr", "other"
    broken = b"x = 1\ny = (\n"
    deeply_nested = b"x = " + b"[" * 5000


class TestToml(ConfigSourceContract):
    source = toml
    sample = (
        '# été\ntitle = "x"   # the title\nwhen = 2024-01-02\na.b.c = 1_000\n[train]\nlr   = 1e-3 # rate\n'
        "layers = [ 1, # one\n  2, ]\nopt = { name = 'sgd', \"w d\" = 0.1 }\nm = '''\nlong'''\n"
        "[[runs]]\nn = 1\n[[runs]]\nn = 2\n"
    ).encode()
    number, text = "train.lr", "title"
    broken = b"a = 1\nb = \n"
    duplicate_key = b"a = 1\na = 2\n"
    deeply_nested = b"a = " + b"[" * 5000

    def can_represent(self, value):
        return value is not None and not (isinstance(value, int) and abs(value) >= 1 << 63)

    def test_rejects_more_than_a_megabyte(self):
        with pytest.raises(ConfigError, match="more than 1 MB"):
            toml.read(b"a = 1\n" * 200_000)

    @pytest.mark.parametrize("header", ["[train ]", "[ train\t]", "[ a . train ]", "[[train ]]"])
    def test_reads_blanks_around_the_name_of_a_table(self, header):
        values = toml.read(f"{header}\nlr = 0.1\n".encode())
        assert [value.line for name, value in values.items() if name.endswith("lr")] == [2]


class TestYaml(ConfigSourceContract):
    source = yaml
    sample = (
        "# été\ntitle: x   # the title\ntrain:\n  lr: 1.0e-3 # rate\n  layers: # see\n  - 1\n  - 2\n\n"
        "  text: |\n    a\n    b\n"
        "  # between\nflow: {a: 1, 'b': [x, y]}\nempty:\n"
        "items:\n  - name: a\n    n: 1\n  - name: b\nn: 0o17\nq: 'it''s'\n"
    ).encode()
    number, text = "train.lr", "title"
    broken = b"a: 1\nb: [\n"
    duplicate_key = b"a: 1\nb:\n  c: 1\n  c: 2\n"
    deeply_nested = b"a: " + b"[" * 5000

    def test_pyyaml_reads_written_values(self):
        for value in (1e-7, 1e300, "yes", "on", "1:30", "0123", "1e5", "y", True, None, math.inf, -3):
            data = yaml.apply(self.sample, {"train.lr": value})
            assert pyyaml.safe_load(data)["train"]["lr"] == value

    @pytest.mark.parametrize(
        ("old", "value", "new"),
        [
            ("yes", False, "no"),
            ("No", True, "Yes"),
            ("ON", False, "OFF"),
            ("true", False, "false"),
            ("1_000", 2000, "2000"),
            ("0o17", "0o20", '"0o20"'),
            ("017", 16, "16"),
            ("1:30", 100, "100"),
            ("08", "09", '"09"'),
            ("2024-01-02", "2024-03-04", "2024-03-04"),
            ("2024-01-02", "2024-13-04", '"2024-13-04"'),
            ("'yes'", "no", '"no"'),
        ],
    )
    def test_means_what_pyyaml_reads(self, old, value, new):
        before, after = f"a: {old} # b\n".encode(), f"a: {new} # b\n".encode()
        for data, expected in ((before, pyyaml.safe_load(before)["a"]), (after, value)):
            read = yaml.read(data)["a"].value
            assert str(read) == str(expected)
            assert type(read) is type(expected) or old[:4] == "2024"
        assert yaml.apply(before, {"a": value}) == after
        assert str(pyyaml.safe_load(after)["a"]) == str(value)

    @pytest.mark.parametrize("old", ["1e-3", "1.0e3", "-.5", "1E5", "12e03", "+1e-3", "!!float 1e3", "1.e-3", "-.inf"])
    def test_numbers_that_pyyaml_reads_as_text_are_replaced_by_numbers(self, old):
        before = f"a: {old}\n".encode()
        read = yaml.read(before)["a"]
        assert read.value == pyyaml.safe_load(before)["a"]
        assert read.type == "float" or isinstance(read.value, float)
        number = float(old.removeprefix("!!float ").replace(".inf", "inf"))
        assert pyyaml.safe_load(yaml.apply(before, {"a": number})) == {"a": number}
        assert yaml.apply(before, {"a": read.value}) == before

    def test_changes_anchored_values_and_aliases(self):
        sample = b"a: &x 5 # five\nb: *x\nc: &l [1, 2]\nd: *l\ne: &t {k: 1}\nf: *t\ng:\n  <<: *t\n  z: 1\n"
        values = yaml.read(sample)
        assert [n for n, f in values.items() if not f.is_hidden] == ["a", "b", "c", "d", "e.k", "g.z"]
        assert (values["b"].value, values["b"].alias_of, values["d"].alias_of) == (5, "a", "c")
        new = yaml.apply(sample, {"a": 6, "b": 7, "d": [3], "e.k": 2})
        assert new == sample.replace(b"&x 5", b"&x 6").replace(b"b: *x", b"b: 7").replace(b"d: *l", b"d: [3]").replace(
            b"k: 1", b"k: 2"
        )

    def test_rejects_more_than_20000_values(self):
        with pytest.raises(ConfigError, match=r"more than 20,000 values.*\(line \d+\)"):
            yaml.read(b"a:\n" + b"- {x: 1, y: [1, 2]}\n" * 500_000)

    def test_writes_a_changed_list_on_one_line(self):
        assert b"layers: [3] # see\n\n" in yaml.apply(self.sample, {"train.layers": [3]})
        assert b"layers: # see\n  - 3\n  - 2\n" in yaml.apply(self.sample, {"train.layers": [3, 2]})

    def test_rejects_aliases_that_multiply(self):
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [
            f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)
        ]
        with pytest.raises(ConfigError, match="more than 20,000 values"):
            yaml.read("\n".join(lines).encode())

    @pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "a: *b\n", "x: &a\n  y: *a\n", "\tx: 1\n", "a: \x01\n"])
    def test_rejects_unsupported_content(self, text):
        with pytest.raises(ConfigError, match=r"line \d"):
            yaml.read(text.encode())


class TestJson(ConfigSourceContract):
    source = json
    sample = (
        '{ // été\n  "title":   "x",\n  "train": {"b": null,\n    "lr": 1e-3, // rate\n'
        '    "layers": [1, /* two */\n      2,],},\n'
        '  "runs": [{"n": 1}, {"n": 2}], "empty": {}, "sl\\/ash": "\\u00e9",\n}\n'
    ).encode()
    number, text = "train.lr", "title"
    broken = b'{"a": 1\n"b": 2}'
    duplicate_key = b'{"a": 1,\n"a": 2}'
    deeply_nested = b"[" * 100_000

    def test_changes_ten_megabytes_but_rejects_more_than_20000_values(self):
        rows = b", ".join([b'{"x": 1.5, "y": [1, 2, 3]}'] * 400_000)
        data = b'{"lr": 0.1, "rows": [' + rows + b'], "n": 2}'
        assert len(data) > 10_000_000
        assert json.apply(data, {"n": 3}) == data[:-2] + b"3}"
        flat = b"{" + b", ".join(b'"k%d": 1' % i for i in range(30_000)) + b"}"
        with pytest.raises(ConfigError, match=r"more than 20,000 values.*\(line 1\)"):
            json.read(flat)

    def test_preserves_escapes_of_surrogates(self):
        assert json.apply(self.sample, {"title": "\ud800"}).count(b"\\ud800") == 1


class _TextValuesContract(ConfigSourceContract):
    def expected_read(self, value):
        if value is None:
            return ""
        if isinstance(value, str):
            return parse_text(value)
        return value if not isinstance(value, list) else stdlib.dumps(value)


@pytest.mark.parametrize(
    ("source", "line", "name"), [(ini, "[a]\nX={}\n", "a.X"), (dotenv, "X={}\n", "X"), (shell, "X={}\n", "X")]
)
class TestUntypedText:
    """A program gets the text of a value: what is recorded and written must mean the same to it."""

    @pytest.mark.parametrize("text", ["007", "0x10", "0o17", "null", "None", "+5", "1_000", "-01", "00.5"])
    def test_text_that_a_number_is_not_written_as_is_text(self, source, line, name, text):
        data = line.format(text).encode()
        assert source.read(data)[name].value == text
        assert source.apply(data, {name: "008"}) == line.format("008").encode()

    @pytest.mark.parametrize(("text", "new"), [("False", "True"), ("FALSE", "TRUE"), ("false", "true")])
    def test_booleans_are_written_in_the_style_of_the_present_one(self, source, line, name, text, new):
        data = line.format(text).encode()
        assert source.read(data)[name].value is False
        assert source.apply(data, {name: True}) == line.format(new).encode()

    @pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1.5, 1e-07, 3, -2])
    def test_numbers_are_written_as_python_reads_them(self, source, line, name, value):
        data = source.apply(line.format("5").encode(), {name: value})
        assert float(data.decode().strip().rpartition("=")[2]) == value == source.read(data)[name].value


class TestIni(_TextValuesContract):
    source = ini
    sample = (
        "; été\ntop = 1\n[train]\nlr   = 1e-3\ntitle: x\nempty =\nlong = a\n  b\n  ; between\n  c\nflag\n[b c]\nn=2\n"
    ).encode()
    number, text = "train.lr", "train.title"
    broken = duplicate_key = b"[a]\nx = 1\nX = 2\nx = 3\n"

    def lines_around(self, data, key):
        return super().lines_around(data.replace(b"\n\t", b" "), key)

    def can_represent(self, value):
        if not isinstance(value, str):
            return True
        lines = value.split("\n")
        return not (
            any(x != x.strip() or x[:1] in ("#", ";") or re.search(r"[ \t][#;]", x) or "\r" in x for x in lines)
            or ("" in lines and len(lines) > 1)
            or re.search("[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", value)
        )

    def test_reads_and_replaces_values_as_configparser(self):
        import configparser

        data = b"[a]\nlr = 0.1  # rate\nname = big ; model\nlong = x # y\n  z ; w\n  # comment\n\n  u\nurl = h#f\n"
        parser = configparser.ConfigParser()
        parser.read_string(data.decode())
        assert self.values(data) == {f"a.{key}": value for key, value in parser["a"].items()}
        read = ini.read(data)
        assert [read[f"a.{key}"].type for key in ("lr", "name", "url")] == ["number", "", ""]
        assert read["a.lr"].description == ""
        assert self.write(data, {"a.lr": 0.3, "a.name": "b"}).startswith(b"[a]\nlr = 0.3\nname = b\nlong")


class TestEnv(_TextValuesContract):
    source = dotenv
    sample = "# été\nLR=1e-3 # rate\nexport TITLE='x'\nEMPTY=\nHOME_DIR=$HOME/x\nLONG=\"a\nb\"\nN=1\nN=2\n".encode()
    number, text = "LR", "TITLE"
    broken = b"A=1\nB='x\n"

    def can_represent(self, value):
        return not isinstance(value, str) or "\x00" not in value

    def lines_around(self, data, key):
        before, after = super().lines_around(self.sample, key)  # a value may take several lines
        return data.startswith(b"".join(before)), data.endswith(b"".join(after))

    def expected_read(self, value):
        if isinstance(value, str) and value and not re.fullmatch(r"[\w@%+:,./-]+", value, re.ASCII):
            return value
        return super().expected_read(value)

    @pytest.mark.parametrize(
        ("line", "changed"),
        [
            ("LR= # rate", "LR=7 # rate"),
            ("LR=# rate", "LR=7 # rate"),
            ("LR=''# rate", "LR=7 # rate"),
            ("LR=  ", "LR=7  "),
            ("LR= 5 # rate", "LR= 7 # rate"),
        ],
    )
    def test_separates_a_value_from_the_comment_behind_it(self, line, changed):
        assert dotenv.apply(line.encode(), {"LR": 7}) == changed.encode()
        assert dotenv.read(changed.encode())["LR"].value == 7

    @pytest.mark.parametrize("value", ['"a"b', "'a'b", '"a"$B', "'a''b'", '"a" b'])
    def test_leaves_out_values_that_go_on_behind_their_quotes(self, value):
        assert dotenv.read(f"LR=1\nLR={value}\nN=2\n".encode()).keys() == {"N"}


class TestShell(_TextValuesContract):
    source = shell
    sample = "#!/bin/sh\n# été\nLR=1e-3 # rate\nexport TITLE='x'\nHOME_DIR=$HOME/x\nN=1\nN=2\necho \"$LR\"\n".encode()
    number, text = "LR", "TITLE"
    broken = b"A=1\nB=\xff\n"

    def can_represent(self, value):
        return not isinstance(value, str) or "\x00" not in value

    def expected_read(self, value):
        if isinstance(value, str) and value and not re.fullmatch(r"[\w@%+=:,./-]+", value, re.ASCII):
            return value
        return super().expected_read(value)

    def lines_around(self, data, key):
        word = rb"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])*"  # one that may go over several lines
        return re.sub(rb"(?m)^((?:export )?" + key.encode() + rb"=)" + word, rb"\1", data)


class TestR(ConfigSourceContract):
    source = r
    sample = (
        "#!/usr/bin/env Rscript\nlibrary(x)\nlr <- .1 # é rate\nn = 5L; name <- \"été\"\nother = 'x'\n"
        "sizes <- c(1, 2,\n  3)\n1e-3 -> eps\nif (n > 3) {\n  lr <- 2\n}\nf <- function(a = 1) {\n  lr = a\n}\n"
    ).encode()
    number, text = "lr", "other"
    broken = b"A <- 1\nB <- '\xff'\n"

    def can_represent(self, value):
        if isinstance(value, list):
            return len({float if type(v) is int else type(v) for v in value}) == 1
        return not isinstance(value, str) or "\x00" not in value

    def test_reads_numbers_with_a_leading_point_an_exponent_or_a_sign(self):
        sample = b"a <- .1\nb <- -.5e-3\nc = 1e5\nd <<- -2\ne <- 7L\nf <- 0x10\n.25 -> g\nh <- TRUE; i <- NULL\n"
        expected = {"a": 0.1, "b": -0.0005, "c": 1e5, "d": -2, "e": 7, "f": 16, "g": 0.25, "h": True, "i": None}
        assert self.values(sample) == expected
        assert r.apply(b"e <- 7L\nx <- .1\n", {"e": 8, "x": 2}) == b"e <- 8L\nx <- 2\n"
        assert r.read(b"e <- 7L")["e"].type == "int"

    @pytest.mark.parametrize(
        "text",
        [
            "x <- 1\nx <- 2",
            "x <- 1\nfor (x in 1:3) print(x)",
            "x <- c(1, 2)\nx[2] <- 5",
            "if (a)\n  x <- 1",
            "x <- 1 +\n  2",
            "f(\nx = 1\n)",
            "# x <- 1\ny <- 'a\nx <- 1\n'; y <- 2",
            "a$x <- 1",
            "x <- 1\nassign('x', 2)",
            "x <- 1 + y",
            "x <- 1\nif (a) x = 3",
            "x <- c(1, 'a')",
        ],
    )
    def test_leaves_out_names_that_are_no_constants(self, text):
        assert r.read(text.encode()) == {}


def make_notebook(*cells):
    raw_cells = [
        {"cell_type": kind, "metadata": {"tags": tags}, "source": source, "outputs": [1.50]}
        for kind, tags, source in cells
    ]
    return (stdlib.dumps({"cells": raw_cells, "metadata": {}, "nbformat": 4}, indent=1) + "\n").encode()


class TestNotebook(ConfigSourceContract):
    source = notebook
    sample = make_notebook(
        ("markdown", [], ["# hi\n", "lr = 5"]),
        ("code", [], ["%matplotlib inline\n", 'lr = 0.1 # é😀 "q"\n', "layers = [1,\n", "  2]\n", "other = 'x'"]),
        ("code", [], "!ls\nn = 3\ncount = 0\ncount += 1"),
        ("code", [], ["%%bash\n", "x=1"]),
        ("code", [], ["what?"]),
    )
    number, text = "lr", "other"
    broken = b'{"cells": [\n}'
    duplicate_key = b'{"cells": [],\n"cells": []}'
    deeply_nested = b'{"cells":' + b"[" * 100_000

    def lines_around(self, data, key):
        cells = stdlib.loads(data)["cells"]
        cells[1]["source"] = [line for line in cells[1]["source"] if not line.startswith(f"{key} =")]
        return cells

    def test_reads_only_cells_with_the_tag(self):
        sample = make_notebook(
            ("code", [], ["a = 1"]), ("code", ["parameters"], ["lr = 0.1\n", "n = 1"]), ("code", [], ["lr = float(lr)"])
        )
        assert self.values(sample) == {"lr": 0.1, "n": 1}
        assert notebook.apply(sample, {"lr": 5}) == sample.replace(b"lr = 0.1", b"lr = 5")

    def test_reads_many_cells(self):
        sample = make_notebook(*(("code", [], [f"a{i} = {i}"]) for i in range(300)))
        assert len(notebook.read(sample)) == 300

    @pytest.mark.parametrize("data", [b"{}", b"[]", b'{"cells": 5}'])
    def test_rejects_json_that_is_not_a_notebook(self, data):
        with pytest.raises(ConfigError, match="not a notebook"):
            notebook.read(data)


def test_finds_formats_by_file_name():
    names = {
        "a/train.py": "python",
        ".env": "env",
        "x/.env.local": "env",
        "a.YML": "yaml",
        "x.cfg": "ini",
        "train.sh": "shell",
        "fit.R": "r",
        "notes.txt": "",
    }
    assert {name: format_name(name) for name in names} == names
    assert detect_config_source("settings", b"# a\r\n\n[b]\r\nc = 1\r\n") is ini
    assert [detect_config_source("x", data) for data in (b"[1, 2]\n", b"a = 1\n[b]\n", b"", b"#!/bin/sh\n")] == [
        None
    ] * 4
    assert [find_config_source(f"x.{e}") for e in ("py", "ipynb", "toml", "yaml", "json", "ini", "env", "txt")] == [
        python, notebook, toml, yaml, json, ini, dotenv, None,
    ]  # fmt: skip


def test_tomllib_and_configparser_read_written_values(tmp_path):
    import configparser

    data = toml.apply(TestToml.sample, {"train.lr": -2.5, "title": "é\n\x7f", "runs.1.n": [1, {"a b": True}]})
    assert tomllib.loads(data.decode())["runs"][1]["n"] == [1, {"a b": True}]
    parser = configparser.ConfigParser(allow_no_value=True)
    parser.read_string(
        ini.apply(TestIni.sample.replace(b"top = 1\n", b""), {"train.title": "a\nb", "train.empty": "q"}).decode()
    )
    assert (parser["train"]["title"], parser["train"]["empty"], parser["b c"]["n"]) == ("a\nb", "q", "2")


def test_python_dotenv_reads_a_backslash_at_the_end_of_a_value():
    assert dotenv.apply(b"X=a\n", {"X": "C:\\data\\"}) == b'X="C:\\\\data\\\\"\n'
    assert dotenv.read(b'X="C:\\\\data\\\\"\n')["X"].value == "C:\\data\\"


def test_a_boolean_before_a_comment_keeps_its_style():
    assert dotenv.apply(b"X=False\n", {"X": True}) == b"X=True\n"
    assert dotenv.apply(b"X=''# on\n", {"X": True}) == b"X=true # on\n"
