"""Which source files a Python program reaches, read from its text."""

import pytest

from gage.project.file_references import FileReferences, find_references
from gage.project.reached_source import ProgramStart, SourceTree, find_reached_source


def reach(files, script="main.py", module="", roots=None, words=(), directory=""):
    """Returns the reached files that are not the script, or the reason why these are all source files."""
    folder = script.rpartition("/")[0]
    start = ProgramStart("" if module else script, module, directory, roots or (folder,), words)
    texts = {path: text.encode() for path, text in files.items()}

    def read(path: str) -> FileReferences:
        return find_references(texts[path], path) if path in texts else FileReferences()

    reached = find_reached_source(start, SourceTree(files), read)
    return reached.reason or " ".join(sorted(reached.files - {script}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import b", "b.py"),
        ("import b as c, os", "b.py"),
        ("def f():\n    from b import x", "b.py"),
        ("import pkg.deep.mod", "pkg/__init__.py pkg/deep/mod.py"),
        ("from pkg import one", "pkg/__init__.py pkg/one.py"),
        ("from pkg.deep import (\n    mod,\n)", "pkg/__init__.py pkg/deep/mod.py"),
        ("from pkg import *", "pkg/__init__.py pkg/one.py"),
        ("import fast", "fast.pyx"),
        ("import os, numpy, lib.nothing", ""),
        ("import types", ""),
        ("import sys; sys.path.append('lib')\nimport types, b", "b.py lib/types.py lib/util.py"),
        ("import util", "lib/util.py"),
        ("import importlib; importlib.import_module('pkg.one')", "pkg/__init__.py pkg/one.py"),
        ("__import__('b')", "b.py"),
        ("exec(open('b.py').read())", "b.py"),
        ("import runpy; runpy.run_path('b.py')", "b.py"),
        ("build(_target_='pkg.one.Net')", "pkg/__init__.py pkg/one.py"),
        ("import sys; run([sys.executable, '-m', 'b'])", "b.py"),
        ("os.system('python b.py --x 1')", "b.py"),
        ("open('conf/a.yaml')", "conf/a.yaml"),
        ("results = open('conf/a.yaml')", "conf/a.yaml"),
        ("open(f'conf/{name}.yaml')", "conf/a.yaml conf/b.yaml"),
        ("open(name + '.yaml')", "conf/a.yaml conf/b.yaml top.yaml"),
        ("open(os.path.join('conf', name))", "conf/a.yaml conf/b.yaml"),
        ("Path(__file__).parent / 'conf' / 'a.yaml'", "conf/a.yaml conf/b.yaml"),
        ("@hydra.main(config_path='conf', config_name='a')\ndef f(c): ...", "conf/a.yaml conf/b.yaml"),
        ("@hydra.main(config_path='.', config_name='top')\ndef f(c): ...", "top.yaml"),
        ("open('list.txt')", "b.py list.txt"),
        ("os.listdir('conf')", "conf/a.yaml conf/b.yaml"),
        ("Path('.').glob('*.txt')", "b.py list.txt note.txt"),
        ('"""See note.txt."""\nopen("out.txt", "w")', ""),
        ("from dotenv import load_dotenv", ".env"),
    ],
)
def test_follows_references(text, expected):
    files = {
        "main.py": text,
        **dict.fromkeys(("b.py", "pkg/__init__.py", "pkg/one.py", "pkg/deep/mod.py", "fast.pyx", "lib/types.py"), ""),
        **dict.fromkeys(("lib/util.py", "conf/a.yaml", "conf/b.yaml", "note.txt", ".env"), ""),
        "top.yaml": "",
        "list.txt": "b.py\n",
    }
    assert reach(files) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import importlib; importlib.import_module(name)", "main.py imports modules by name"),
        ("from importlib import import_module as load\nload(f'pkg.{x}')", "main.py imports modules by name"),
        ("load = __import__", "main.py imports modules by name"),
        ("import lazy_loader", "main.py imports modules by name"),
        ("exec(code)", "main.py executes other files"),
        ("exec(open('nothing.py').read())", "main.py executes other files"),
        ("runpy.run_path(f'{x}.py')", "main.py executes other files"),
        ("os.listdir(os.path.dirname(__file__))", "main.py lists directories"),
        ("os.listdir()", "main.py lists directories"),
        ("print 1", "main.py cannot be parsed"),
        ("import pkgutil\npkgutil.resolve_name('m' + str(1))", "main.py imports modules by name"),
        ("import hydra.utils as hu\nhu.get_method(f'm.{x}')", "main.py imports modules by name"),
        ("from hydra.utils import instantiate as build\nbuild(config)", "main.py imports modules by name"),
        ("import importlib as i\ngetattr(i, 'import_' + 'module')", "main.py imports modules by name"),
        ("f = getattr(__import__('importlib'), 'import_module')", "main.py imports modules by name"),
        ("sys.modules['builtins'].__dict__['__imp' + 'ort__']", "main.py imports modules by name"),
        ("__builtins__['exec'](text)", "main.py imports modules by name"),
        ("open(f'{base}{i}')", "main.py composes names of files"),
        ("result = open(base + '.' + suffix)", "main.py composes names of files"),
        ("open(base + name)", "main.py composes names of files"),
        ("path = base + name\nopen(path)", "main.py composes names of files"),
        ("open(os.path.join(folder, base + name))", "main.py composes names of files"),
        ("'%s_%s' % (base, i)", "main.py composes names of files"),
        ("os.system(command)", "main.py executes other files"),
        ("subprocess.run('make all', shell=True)", "main.py executes other files"),
        ("subprocess.getoutput(f'{x} | sort')", "main.py executes other files"),
    ],
)
def test_says_why_all_source_code_matters(text, reason):
    assert reach({"main.py": text, "b.py": ""}) == reason


@pytest.mark.parametrize(
    "text",
    [
        *("re.compile('x')", "model.eval()", "ast.walk(tree)", "glob.glob('*.png')", "s.walk(1)"),
        *(
            "import importlib.metadata as m, builtins\nm.version('x'), builtins.print(1)",
            "f(a + b)",
            "platform.system()",
        ),
        *("print(f'{a}{b}')", "f(f'{a:.2f}/{b:.2f}')", "f(f'{a}: {b}')", "open(f'{a}{b}', 'w')", "save(f'{a}/{b}')"),
        *("os.system('nvidia-smi -L')", "subprocess.run(['ls'], shell=False)", "cloud.get_object(f'a/{b}')"),
    ],
)
def test_similar_names_are_not_dynamic(text):
    assert reach({"main.py": text, "b.py": ""}) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("glob.glob('part*')", "d/part0 part0 part1.txt"),
        ("Path('.').glob('part?')", "d/part0 part0 part1.txt"),
        ("glob.glob('part[0-9].t*t')", "part1.txt"),
        ("glob.glob('**/part0')", "d/part0 part0"),
        ("glob.glob('d/*')", "d/part0"),
        ("out = open(f'part{i}.{suffix}')", "part1.txt"),
        ("open(f'part{i}')", "d/part0 part0 part1.txt"),
        ("open(f'd/{split}')", "d/part0"),
        ("open('part%d.%s' % (i, suffix))", "part1.txt"),
        ("open('part%02d' % i)", "d/part0 part0 part1.txt"),
        ("open('part{}'.format(i))", "d/part0 part0 part1.txt"),
        ("open('part' + str(i))", "d/part0 part0 part1.txt"),
        ("open('.'.join(['part' + str(i), suffix]))", "part1.txt"),
        ("open('par' + 't1.txt')", "part1.txt"),
        ("open(__file__[:-3] + '_vocab')", "main_vocab"),
        ("subprocess.getoutput('cat *.txt')", "part1.txt"),
        ("subprocess.check_output('cat d/*', shell=True)", "d/part0"),
        ("os.system(f'sort part{i}.txt')", "part1.txt"),
    ],
)
def test_matches_names_that_are_patterns_or_composed(text, expected):
    assert reach({"main.py": text, **dict.fromkeys(("part0", "part1.txt", "d/part0", "main_vocab", "x.md"), "")}) == (
        expected
    )


def test_relative_imports_and_modules():
    files = {
        "pkg/__init__.py": "",
        "pkg/sub/__init__.py": "",
        "pkg/sub/main.py": "from . import a\nfrom ..b import c\n",
        "pkg/sub/a.py": "",
        "pkg/b.py": "",
        "a.py": "",
    }
    reached = "pkg/__init__.py pkg/b.py pkg/sub/__init__.py pkg/sub/a.py"
    assert reach(files, module="pkg.sub.main", script="pkg/sub/main.py", roots=("",)) == reached
    assert reach(files, module="pytest", roots=("",)) == "pytest is not part of the source code"


def test_first_of_the_import_roots_counts():
    files = {"src/main.py": "import util", "src/util/x.txt": "", "lib/util.py": "", "other/util.py": ""}
    assert reach(files, "src/main.py", roots=("src", "lib")) == "lib/util.py"
    namespace = {"main.py": "import ns.a, ns.b", "ns/a.py": "", "lib/ns/b.py": ""}
    assert reach(namespace, roots=("", "lib")) == "lib/ns/b.py ns/a.py"


def test_paths_are_relative_to_the_file_and_the_start_directory():
    files = {"x/main.py": "open('a.txt')", "x/a.txt": "", "y/a.txt": "", "y/b.txt": ""}
    assert reach(files, "x/main.py") == "x/a.txt"
    assert reach(files, "x/main.py", directory="y", words=("b.txt",)) == "x/a.txt y/a.txt y/b.txt"
    assert reach(files, "x/main.py", words=("y",)) == "x/a.txt y/a.txt y/b.txt"
