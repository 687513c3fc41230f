"""Stand-off documents with everything that a format might lose, and the law that each format obeys."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from spanproof.corpus.documents import ReadError
from spanproof.formats.discovery import read
from spanproof.formats.leaf import Leaf, documents_in, kept
from spanproof.schema.schema import Schema

SIGNS = "ab Z.-\n\r\té😀\u0301\u2028\u00a0\x0b:;|#O1"
TEXTS = st.text(st.sampled_from(SIGNS) | st.characters(codec="utf-8"), max_size=40)
IDS = st.sampled_from(["T1", "T2", "E1", "R1", "e1", "s1", "*1", "a b", "T01", "#1"]) | st.text(min_size=1, max_size=4)
LABELS = st.sampled_from(["PER", "LOC", "B-PER", "a b", "O", "x:y", "p;q", "trigger", "", "I", "r\t1", "Zoë"])
REFERENCES = st.fixed_dictionaries(
    {"resource": st.sampled_from(["Wiki", "a b"]), "id": st.sampled_from(["Q1", "1:2 3", ""])},
    optional={"name": st.sampled_from(["Ana", ""])},
)
VALUES = (
    st.sampled_from([True, False, "yes", "two words", "", " x", "a\nb", 3, None, [], {}])
    | st.lists(st.sampled_from(["a note", "", "two\nlines", "tab\there", "end\r"]), max_size=2)
    | st.lists(REFERENCES, max_size=2)
)
DOCUMENT_IDS = st.sampled_from(["d1", "a/b", ".x", "d 1", "Zoë", "\n", "d" * 300]) | st.text(min_size=1, max_size=3)
ROLES = st.sampled_from(["", "Arg1", "trigger", "a b", "c:d"])
ATTRIBUTES = st.none() | st.dictionaries(st.sampled_from(["Negation", "Note", "a b", "c:d", "id"]), VALUES, max_size=2)


@st.composite
def spans(draw: st.DrawFn, text: str, name: str) -> dict[str, Any]:
    """A span of a text: of one part or several, with the right words, wrong ones, or none."""
    ends = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    places = list(zip(ends[::2], ends[1::2], strict=False))
    parts = [{"start": start, "end": end, **draw(words(text[start:end]))} for start, end in places]
    whole = {"start": parts[0]["start"], "end": parts[-1]["end"]}
    whole = {**whole, "fragments": parts} if len(parts) > 1 else parts[0]
    others = {"layer": draw(st.sampled_from([None, "names"])), "attributes": draw(ATTRIBUTES)}
    return {"id": name, "label": draw(LABELS), **whole, **others}


def words(there: str) -> st.SearchStrategy[dict[str, Any]]:
    """The words of a span as a member: those of the text mostly."""
    wrong = st.sampled_from(["a", "a b", " ", "x\n"])
    return st.just({"text": there}) | st.just({}) | wrong.map(lambda text: {"text": text})


@st.composite
def stand_off_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A stand-off document whose offsets lie in its text and whose ids are unique."""
    text = draw(TEXTS)
    names = draw(st.lists(IDS, unique=True, max_size=6))
    number = draw(st.integers(0, len(names)))
    targets = st.sampled_from([*names, "T9"])
    arguments = st.lists(st.fixed_dictionaries({"role": ROLES, "target": targets}), max_size=3)
    relations = [
        {"id": name, "label": draw(LABELS), "arguments": draw(arguments), "attributes": draw(ATTRIBUTES)}
        for name in names[number:]
    ]
    return {
        "id": draw(DOCUMENT_IDS),
        "text": text,
        "spans": [draw(spans(text, name)) for name in names[:number]],
        "relations": relations,
        "metadata": draw(st.none() | st.dictionaries(st.sampled_from(["date", "title"]), VALUES, max_size=2)),
    }


def file_of(folder: Path, name: str, content: str | bytes) -> Path:
    """A file of a format."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def errors(path: Path) -> list[tuple[int | None, str]]:
    """The lines of a corpus that can't be read or placed, and why."""
    return [(error.line, error.problem) for error in read(path).errors]


def read_back(leaf: Leaf, documents: list[dict[str, Any]], name: str) -> tuple[list[dict[str, Any]], list[ReadError]]:
    """Documents as a format reads them after it has written them, and what it couldn't read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        leaf.write(documents, path)
        files = sorted(path.rglob(f"*{leaf.suffixes[0]}")) if path.is_dir() else [path]
        read = [one for file in files for one in documents_in(leaf, file)]
    documents_read = [one.document for one in read if not isinstance(one, ReadError)]
    return documents_read, [one for one in read if isinstance(one, ReadError)]


def demand_law(leaf: Leaf, document: dict[str, Any], name: str) -> None:
    """Reading what was written gives what the format keeps; what it keeps loses nothing more.

    Args:
        leaf: the format.
        document: a stand-off document.
        name: the name of the file or folder that it is written to.
    """
    fit = kept(document, leaf)
    assert Schema.stand_off().judge.decider.is_valid(fit.document)
    assert read_back(leaf, [fit.document], name) == ([fit.document], [])
    again = kept(fit.document, leaf)
    assert (again.document, again.losses) == (fit.document, ())
    accounted(document, fit.document, {loss.path for loss in fit.losses})


def accounted(document: dict[str, Any], result: dict[str, Any], lost: set[Any]) -> None:
    """Every span and relation of a document is in the result, or named as lost, never both or neither."""
    for name in ("spans", "relations"):
        number = len(document.get(name) or ())
        gone = {path[1] for path in lost if path[0] == name and len(path) == 2}
        assert len(result.get(name, ())) == number - len(gone)
