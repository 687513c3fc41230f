"""Formats of annotations: each is told by its content, none takes another's, and no bytes end in a traceback."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus.documents import ReadError
from spanproof.formats.leaf import Leaf, documents_in
from spanproof.formats.leaves import LEAVES, leaf_named
from support.fuzzed import KEPT, demand_reading, inputs, is_unpacked

PLAIN = [leaf for leaf in LEAVES if not leaf.extra]
EXAMPLES = {
    "brat": b"T1\tPerson 0 3\tAna\n",
    "conll": b"Ana B-PER\nmet O\n",
    "pubtator": b"1|t|Aspirin\n",
    "timeml": b"<?xml version='1.0'?>\n<TimeML><TEXT>In <TIMEX3 tid='t1'>May</TIMEX3></TEXT></TimeML>",
    "bioc": b"<collection><document><passage><offset>0</offset><text>Ana</text></passage></document></collection>",
    "bioc-json": b'{"documents": [{"passages": [{"offset": 0, "infons": {}, "text": "Ana"}]}]}',
    "xmi": b'<xmi:XMI xmlns:cas="http:///uima/cas.ecore"><cas:Sofa xmi:id="1" sofaString="Ana"/></xmi:XMI>',
    "conllu": b"# text = Ana\n1\tAna\t_\t_\t_\t_\t_\t_\t_\tEntity=(e1-person)\n",
    "label-studio": b'[{"id": 1, "data": {"text": "Ana"}, "annotations": []}]',
    "csv": b"text,start,end,label\nAna met Bo.,0,3,PER\n",
    "webanno": b"#FORMAT=WebAnno TSV 3.3\n#T_SP=X|value\n\n\n#Text=Ana\n1-1\t0-3\tAna\tPER\t\n",
}


def test_names_and_endings_are_those_of_one_format() -> None:
    endings = [suffix for leaf in LEAVES for suffix in leaf.suffixes]
    assert len({*endings}) == len(endings)
    assert len({leaf.name for leaf in LEAVES}) == len(LEAVES)
    assert [leaf_named(leaf.name) for leaf in LEAVES] == [*LEAVES]
    assert leaf_named("x") is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_format_is_told_by_its_content_and_no_other_takes_it(name: str) -> None:
    for start in (b"", b"\xef\xbb\xbf"):
        assert [leaf.name for leaf in LEAVES if leaf.recognises(start + EXAMPLES[name])] == [name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"Just a text.\nNothing else O\n",
        b'{"text": "a"}\n',
        b"[1]",
        b"a,b\n1,2\n",
        b"Ana O\nBob A\nCid AB\n",
    ],
)
def test_texts_tables_and_json_are_of_no_format(content: bytes) -> None:
    assert [leaf.name for leaf in LEAVES if leaf.recognises(content)] == []


@pytest.mark.parametrize("name", sorted(file.stem for file in KEPT.glob("*.jsonl")))
def test_what_a_fuzzer_found_is_read_or_named(name: str, tmp_path: Path) -> None:
    leaf = leaf_named(name)
    assert leaf is not None
    for content in inputs(name):
        demand_reading(leaf, content, tmp_path)


@pytest.mark.parametrize("leaf", PLAIN, ids=lambda leaf: leaf.name)
@given(content=st.binary(max_size=60).filter(is_unpacked), cut=st.integers(0, 60))
def test_no_bytes_end_in_a_traceback(leaf: Leaf, content: bytes, cut: int) -> None:
    """Bytes, and bytes after the beginning of a sound file: each gives documents or an error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"d{leaf.suffixes[0]}"
        for companion in leaf.companions:
            path.with_suffix(companion).write_bytes(b"Ana met Bob.")
        path.write_bytes(EXAMPLES.get(leaf.name, b"")[:cut] + content)
        for one in documents_in(leaf, path):
            assert not isinstance(one, ReadError) or one.problem


XML = {
    "timeml": b"<?xml version='1.0'?><TimeML><TEXT>In <TIMEX3 tid='t1'>M\xe4rz</TIMEX3></TEXT></TimeML>",
    "bioc": b"<collection><document><passage><offset>0</offset><text>M\xe4rz</text></passage></document></collection>",
    "xmi": b'<xmi:XMI xmlns:cas="http:///uima/cas.ecore"><cas:Sofa xmi:id="1" sofaString="M\xe4rz"/></xmi:XMI>',
}


@pytest.mark.parametrize("declared", [b"", b"<?xml version='1.0' encoding='UTF-8'?>"])
@pytest.mark.parametrize("name", XML)
def test_xml_in_another_encoding_than_it_says_is_named_as_that(name: str, declared: bytes, tmp_path: Path) -> None:
    leaf = leaf_named(name)
    assert leaf is not None
    path = tmp_path / f"d{leaf.suffixes[0]}"
    content = declared + XML[name].removeprefix(b"<?xml version='1.0'?>")
    path.write_bytes(content)
    (error,) = documents_in(leaf, path)
    assert isinstance(error, ReadError)
    assert error.line == 1
    if declared:
        assert "seems to be Latin-1" in error.problem
    path.write_bytes(content.decode("latin-1").encode("utf-32"))
    (error,) = documents_in(leaf, path)
    assert isinstance(error, ReadError)
    assert error.problem == "is text in UTF-32; expected UTF-8"
