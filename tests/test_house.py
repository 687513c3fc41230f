"""The house proves its laws: sizes, names, floors, docstrings, and tests that mirror the rooms.

What still breaks a law is listed with the most that it may measure, and must leave the list when it no longer does.
"""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import spanproof
from support.documents import ROOT
from support.house import FILES, HOUSE, trees

TESTS = ROOT / "tests"

FACE = 16
ROOMS = 22
LINES_OF_A_FILE = 300
MOST_MODULES = 150
"""Modules that `spanproof --help` loads, most of them of Python itself; 114 when this was written."""
LINES_OF_A_FUNCTION = 40
BANNED = re.compile(r"utils?|helpers?|common|base|managers?|misc")
VAGUE = {"found", "each", "made", "held", "told", "said", "given", "thing", "things"}
"""Names of a local or a parameter that would fit any value."""

LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}
SHARED_CLASS_NAMES: dict[str, int] = {}

# Folders of tests that mirror no room of the package but something beside it.
BESIDE = {
    "annotations": "the gold standard in annotations/",
    "audit": "the audit of published corpora",
    "benchmarks": "programs that measure speed, in tests/benchmarks/",
    "docs": "the pages in tools/docs/",
    "examples": "the corpora of foreign formats in schema/examples/",
    "support": "what tests share",
}
# Test files of a room that are named after no file of it.
UNLIKE = {
    "labelstudio/test_cut_off.py": "pushes and pulls that end at any request",
    "labelstudio/test_failures.py": "the room's commands, and what can go wrong with each",
    "labelstudio/test_journey.py": "the whole way of documents, from raw texts to the corpus",
    "checks/test_member_names.py": "the whole room, under schemas whose members have other names",
    "labelstudio/test_browser.py": "the whole room, driven from a browser",
    "labelstudio/test_foreign_shapes.py": "the whole way of corpora whose records have other shapes",
    "release/test_build_failures.py": "builds that are killed, or meet a full disk, at any step",
    "labelstudio/test_team_in_browser.py": "the same way of documents, driven from the browsers of three people",
}


def breaks_no_more(measured: dict[str, int], most: int, exceptions: dict[str, int]) -> None:
    """Nothing measures more than the most but the exceptions; these do still, and no more than they state."""
    over = {name: count for name, count in measured.items() if count > exceptions.get(name, most)}
    assert over == {}, f"expected at most {most}"
    assert [name for name in exceptions if measured.get(name, 0) <= most] == [], "no longer exceptions: to be taken out"


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the last of the body; decorators above it and its docstring are not counted."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_files_are_short() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in FILES.items()}
    breaks_no_more(lines, LINES_OF_A_FILE, LONG_FILES)


def test_functions_are_short() -> None:
    lengths = {
        f"{name}:{function.name}": length(function) for name, tree in trees().items() for function in functions(tree)
    }
    breaks_no_more(lengths, LINES_OF_A_FUNCTION, LONG_FUNCTIONS)


def test_a_file_says_in_its_first_line_what_it_holds() -> None:
    first = {name: (ast.get_docstring(tree) or "").partition("\n")[0] for name, tree in trees().items()}
    assert {name: line for name, line in first.items() if not re.search(r"\w.*[.:]$", line)} == {}


def test_no_file_is_named_after_nothing() -> None:
    named = [name for name in FILES if any(BANNED.fullmatch(part) for part in Path(name).with_suffix("").parts)]
    assert named == []


def test_locals_say_what_they_hold() -> None:
    nodes = [(name, node) for name, tree in trees().items() for node in ast.walk(tree)]
    parameters = [(name, node.lineno, node.arg) for name, node in nodes if isinstance(node, ast.arg)]
    stored = [
        (name, node.lineno, node.id)
        for name, node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    assert [at for at in (*parameters, *stored) if at[2] in VAGUE] == []


def test_the_top_of_the_package_has_few_names() -> None:
    names = {path.stem for path in HOUSE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert len(names - {"__init__"}) <= ROOMS


def test_the_face_has_few_names() -> None:
    assert len({*spanproof.__all__} - {"__version__"}) == FACE


def test_a_class_has_a_name_of_its_own() -> None:
    names = [node.name for tree in trees().values() for node in tree.body if isinstance(node, ast.ClassDef)]
    breaks_no_more({name: names.count(name) for name in names}, 1, SHARED_CLASS_NAMES)


def test_the_import_contracts_are_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("spanproof", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(TopologicalSorter(imports).static_order())


def test_the_command_starts_without_what_is_heavy(tmp_path: Path) -> None:
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from spanproof.cli import main; main()"

    def loaded(*arguments: str) -> set[str]:
        command = [sys.executable, "-c", code, *arguments]
        return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1].split())

    heavy = {"datasets", "pandas", "spacy", "torch", "label_studio_sdk", "matplotlib", "jinja2", "jsonschema", "rich"}
    modules = loaded("--help")
    assert not {*heavy, "numpy", "pyarrow", "importlib.metadata", "json"} & modules
    assert len(modules) < MOST_MODULES
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "Ana.", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n')
    unneeded = {"spanproof.publication.card", "spanproof.viewer", "pyarrow.parquet"}
    assert not {*heavy, *unneeded} & loaded("check", str(file))


def test_tests_mirror_the_rooms() -> None:
    """``tests/ROOM/test_FILE.py`` tests ``ROOM/FILE.py``, the folder ``ROOM/FILE``, or as ``test_ROOM.py`` the room."""
    strays = []
    for path in sorted(TESTS.rglob("test_*.py")):
        name = path.relative_to(TESTS)
        thing = re.sub(r"^test_|_differential$", "", path.stem)
        room = HOUSE / name.parent
        mirrors = (
            (room / f"{thing}.py").exists() or (room / thing).is_dir() or (thing == name.parent.name and room.is_dir())
        )
        if not (mirrors or name.parts[0] in BESIDE or name.as_posix() in UNLIKE or name.parts == (path.name,)):
            strays.append(name.as_posix())
    assert strays == []
    assert [name for name in UNLIKE if not (TESTS / name).exists()] == []


@pytest.mark.xdist_group("house")
def test_groups_of_tests_stay_on_one_worker(request: pytest.FixtureRequest) -> None:
    """What a group shares (a server, a model) is made once; pytest-xdist says with the name that it knows the group."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@house")


# Mappings whose words are not those of a schema, though some are spelled alike: pieces of a card.
OTHER_WORDS = ("pieces",)


def strings_asked(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield strings that are asked for: in a subscript that reads, before ``in``, first argument of a call."""
    for node in ast.walk(tree):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            asked = [] if ast.unparse(node.value) in OTHER_WORDS else [node.slice]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            asked = [node.left]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = [] if ast.unparse(node.func.value) in OTHER_WORDS else node.args[:1]
        elif isinstance(node, ast.JoinedStr):
            asked = [value for value in node.values[:1] if isinstance(value, ast.Constant)]
        for expression in asked:
            if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
                yield expression.lineno, expression.value


def test_keywords_are_spelled_in_the_schema_room_alone() -> None:
    """Elsewhere a keyword is an attribute of a node; a schema that a module writes, as its example, may have some."""
    vocabulary = json.loads((ROOT / "schema" / "vocabulary.schema.json").read_text("utf-8"))["properties"]
    del vocabulary["documents"]  # a word that much else is called, and a keyword of the root alone
    spelled = [
        f"{name}:{line}: {word!r}"
        for name, tree in trees().items()
        for line, word in strings_asked(tree)
        if not name.startswith("schema/") and (word in vocabulary or word.startswith("registry:"))
    ]
    assert spelled == [], "expected node.span_of, node.refers_to.registries, schema.having(Node.timex3), ..."


def test_a_keyword_that_is_spelled_is_seen() -> None:
    ways = (
        'node.get("key")',
        'json["spanOf"]',
        '"timex3" in json',
        'target.startswith("registry:")',
        'f"registry:{x}"',
    )
    assert [[word for _, word in strings_asked(ast.parse(way))] for way in ways] == [
        ["key"], ["spanOf"], ["timex3"], ["registry:"], ["registry:"],
    ]  # fmt: skip


def test_the_top_level_has_five_folders() -> None:
    tracked = subprocess.run(["git", "ls-files", "*/*"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    folders = {line.partition("/")[0].strip('"') for line in tracked.splitlines()}
    shown = {name for name in folders if not name.startswith(".")}
    assert shown <= {"annotations", "dataset", "schema", "tests", "tools"}
