"""Small files as other tools write them, each of one text with three spans, sound; and what each is taken for."""

from dataclasses import dataclass
from pathlib import Path

TEXT = "Ana Silva met Bo in Lisbon."
SPANS = ((0, 9, "PER"), (14, 16, "PER"), (20, 26, "LOC"))


@dataclass(frozen=True)
class Stranger:
    """Files of one corpus.

    Attributes:
        files: their contents by their names; the first is the one that is checked.
        taken_for: words of what it is taken for.
        change: what in the first becomes what, so that the last span leaves the text or isn't what it says.
        code: what is found then.
    """

    files: dict[str, str]
    taken_for: str
    change: tuple[str, str]
    code: str

    def written(self, folder: Path, *, broken: bool) -> str:
        """Write the files into a folder, sound or with the fault; return the name of the one that is checked."""
        for name, content in self.files.items():
            (folder / name).write_text(content, "utf-8", newline="")
        first = next(iter(self.files))
        if broken:
            assert self.files[first].count(self.change[0]) == 1
            (folder / first).write_text(self.files[first].replace(*self.change), "utf-8", newline="")
        return first


_WEBANNO = """\
#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value


#Text=Ana Silva met Bo in Lisbon.
1-1\t0-3\tAna\tPER[1]\t
1-2\t4-9\tSilva\tPER[1]\t
1-3\t10-13\tmet\t_\t
1-4\t14-16\tBo\tPER\t
1-5\t17-19\tin\t_\t
1-6\t20-26\tLisbon\tLOC\t
1-7\t26-27\t.\t_\t
"""
_BIOC = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>notes</source><date/><key>notes.key</key>
<document><id>1</id><passage><offset>0</offset><text>Ana Silva met Bo in Lisbon.</text>
<annotation id="1"><infon key="type">PER</infon><location offset="0" length="9"/><text>Ana Silva</text></annotation>
<annotation id="2"><infon key="type">PER</infon><location offset="14" length="2"/><text>Bo</text></annotation>
<annotation id="3"><infon key="type">LOC</infon><location offset="20" length="6"/><text>Lisbon</text></annotation>
</passage></document></collection>
"""
_BIOC_JSON = (
    f'{{"documents": [{{"id": "1", "infons": {{}}, "passages": [{{"offset": 0, "infons": {{}}, "text": "{TEXT}", '
    '"annotations": ['
    + ", ".join(
        f'{{"id": "{start}", "infons": {{"type": "{label}"}}, "text": "{TEXT[start:end]}", '
        f'"locations": [{{"offset": {start}, "length": {end - start}}}]}}'
        for start, end, label in SPANS
    )
    + "]}]}]}\n"
)
_CONLLU = """\
# newdoc id = d1
# global.Entity = eid-etype
# sent_id = 1
# text = Ana Silva met Bo in Lisbon.
1\tAna\t_\tPROPN\t_\t_\t0\troot\t_\tEntity=(e1-PER
2\tSilva\t_\tPROPN\t_\t_\t1\tflat\t_\tEntity=e1)
3\tmet\t_\tVERB\t_\t_\t1\tdep\t_\t_
4\tBo\t_\tPROPN\t_\t_\t3\tobj\t_\tEntity=(e2-PER)
5\tin\t_\tADP\t_\t_\t6\tcase\t_\t_
6\tLisbon\t_\tPROPN\t_\t_\t3\tobl\t_\tSpaceAfter=No|Entity=(e3-LOC)
7\t.\t_\tPUNCT\t_\t_\t1\tpunct\t_\t_
"""
_TASK = (
    '[{"id": 7, "data": {"text": "Ana Silva met Bo in Lisbon."}, "annotations": [{"id": 1, "result": ['
    + ", ".join(
        f'{{"id": "r{start}", "type": "labels", "from_name": "label", "to_name": "text", '
        f'"value": {{"start": {start}, "end": {end}, "text": "{TEXT[start:end]}", "labels": ["{label}"]}}}}'
        for start, end, label in SPANS
    )
    + "]}]}]\n"
)
STRANGERS = {
    "brat": Stranger(
        {
            "notes.ann": "T1\tPER 0 9\tAna Silva\nT2\tPER 14 16\tBo\nT3\tLOC 20 26\tLisbon\n",
            "notes.txt": TEXT + "\n",
        },
        "brat stand-off annotations",
        ("LOC 20 26", "LOC 19 25"),
        "SP106",
    ),
    "pubtator": Stranger(
        {
            "notes.pubtator": "1|t|Ana Silva met Bo in Lisbon.\n1|a|\n1\t0\t9\tAna Silva\tPER\n1\t14\t16\tBo\tPER\n"
            "1\t20\t26\tLisbon\tLOC\n"
        },
        "PubTator",
        ("\t20\t26", "\t19\t25"),
        "SP106",
    ),
    "bioc": Stranger({"notes.xml": _BIOC}, "BioC", ('offset="20"', 'offset="19"'), "SP106"),
    "bioc-json": Stranger({"notes.json": _BIOC_JSON}, "BioC JSON", ('"offset": 20', '"offset": 19'), "SP106"),
    "csv": Stranger(
        {
            "spans.csv": "text,start,end,label\n"
            + "".join(f"{TEXT},{start},{end},{label}\n" for start, end, label in SPANS)
        },
        "a table of spans",
        (",20,26", ",20,99"),
        "SP105",
    ),
    "webanno": Stranger({"notes.tsv": _WEBANNO}, "WebAnno", ("20-26", "19-25"), "SP001"),
    "conllu": Stranger({"notes.conllu": _CONLLU}, "CoNLL-U", ("Entity=(e3-LOC)", "Entity=e3)"), "SP001"),
    "conll": Stranger(
        {"notes.conll": "Ana B-PER\nSilva I-PER\nmet O\nBo B-PER\nin O\nLisbon B-LOC\n. O\n"},
        "CoNLL",
        ("Lisbon B-LOC", "Lisbon B-LOC more of it"),
        "SP001",
    ),
    "timeml": Stranger(
        {
            "notes.tml": '<?xml version="1.0"?>\n<TimeML>\n<DOCID>d1</DOCID>\n<TEXT>'
            '<ENAMEX type="PER">Ana Silva</ENAMEX> met <ENAMEX type="PER">Bo</ENAMEX> in '
            '<ENAMEX type="LOC">Lisbon</ENAMEX>.</TEXT>\n</TimeML>\n'
        },
        "TimeML",
        ("Lisbon</ENAMEX>", "Lisbon"),
        "SP001",
    ),
    "doccano": Stranger(
        {"export.jsonl": f'{{"text": "{TEXT}", "label": [[0, 9, "PER"], [14, 16, "PER"], [20, 26, "LOC"]]}}\n'},
        "'label' with [start, end, label], of 'text'",
        ("[20, 26", "[20, 99"),
        "SP105",
    ),
    "prodigy": Stranger(
        {
            "export.jsonl": f'{{"text": "{TEXT}", "spans": [{{"start": 0, "end": 9, "label": "PER"}}, '
            '{"start": 14, "end": 16, "label": "PER"}, {"start": 20, "end": 26, "label": "LOC"}], "answer": "accept"}\n'
        },
        "'spans' with start, end, label, of 'text'",
        ('"end": 26', '"end": 99'),
        "SP105",
    ),
    "spacy": Stranger(
        {"train.json": f'[["{TEXT}", {{"entities": [[0, 9, "PER"], [14, 16, "PER"], [20, 26, "LOC"]]}}]]\n'},
        "spaCy training data",
        ("[20, 26", "[20, 99"),
        "SP105",
    ),
    "label-studio": Stranger(
        {"export.json": _TASK}, "Label Studio", ('"start": 20, "end": 26', '"start": 19, "end": 25'), "SP106"
    ),
    "squad": Stranger(
        {
            "squad.json": f'{{"version": "1.1", "data": [{{"title": "t", "paragraphs": [{{"context": "{TEXT}", "qas": ['
            '{"id": "q1", "question": "Who?", "answers": [{"text": "Ana Silva", "answer_start": 0}]}, '
            '{"id": "q2", "question": "Whom?", "answers": [{"text": "Bo", "answer_start": 14}]}, '
            '{"id": "q3", "question": "Where?", "answers": [{"text": "Lisbon", "answer_start": 20}]}]}]}]}\n'
        },
        "SQuAD",
        ('"answer_start": 20', '"answer_start": 19'),
        "SP106",
    ),
}
"""Files that strangers have, by the name of the tool or format."""
