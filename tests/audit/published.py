"""The published corpora of the audit: where each comes from, which files are read, and how."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit import arranging
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from support.documents import ROOT

EXAMPLES = ROOT / "schema" / "examples" / "corpora"


@dataclass(frozen=True)
class PublishedCorpus:
    """A corpus that is audited.

    Attributes:
        name: the name of its folder among the copies.
        title: what it is.
        source: owner and name of the repository on GitHub from which the copy comes.
        commit: the first digits of the commit.
        files: patterns of the files in the copy that are read.
        schema: the name of its schema in ``schema/examples/corpora/``, or its path from there.
        labels: label sets in the place of those of the schema, each with the JSON Pointer of where its ``enum`` is.
        arranged: writes the files of a copy anew, where they don't lie as a reader expects them; None where they do.
        note: what of the corpus is read, where that isn't all.
    """

    name: str
    title: str
    source: str
    commit: str
    files: Sequence[str]
    schema: str
    labels: Sequence[tuple[str, Sequence[str]]] = ()
    arranged: Callable[[Path, Path], None] | None = None
    note: str = ""

    def read(self, copies: Path, room: Path) -> Corpus:
        """Open the copy of the corpus under its schema.

        Args:
            copies: the folder with the copies.
            room: an empty folder for files that are written anew.

        Raises:
            FileNotFoundError: there is no copy, or none of its files is there.
        """
        place = copies / self.name
        paths = sorted(path for pattern in self.files for path in place.glob(pattern))
        if self.arranged is not None:
            self.arranged(place, room)
            paths = [room] if any(room.iterdir()) else []
        if not paths:
            raise FileNotFoundError(f"{place}: nothing is there; expected a copy of {self.source}")
        return read(paths, Schema.of(self.json_schema()))

    def json_schema(self) -> Mapping[str, Any]:
        """Return its schema, with its own labels."""
        schema: Any = json.loads((EXAMPLES / f"{self.schema}.schema.json").read_text("utf-8"))
        for pointer, labels in self.labels:
            at = schema
            for step in pointer.split("/")[1:]:
                at = at[int(step) if isinstance(at, list) else step]
            at["enum"] = list(labels)
        return schema  # type: ignore[no-any-return]


def opened(corpus: PublishedCorpus, copies: Path) -> tuple[Corpus, TemporaryDirectory[str]]:
    """Return a corpus, and the folder that must live as long as it is read."""
    room = TemporaryDirectory()
    return corpus.read(copies, Path(room.name)), room


_PRODIGY_LABEL = "/properties/spans/items/properties/label"
_DOCCANO_LABEL = "/properties/label/items/prefixItems/2"

CORPORA: Sequence[PublishedCorpus] = (
    PublishedCorpus(
        "polnear", "PolNeAR: attributions in news, brat", "networkdynamics/PolNeAR", "c3eee83", (), "polnear",
        arranged=arranging.polnear,
        note="train, dev, test and the part for annotator training (the parts that have texts)",
    ),
    PublishedCorpus(
        "ncbi", "NCBI disease corpus, PubTator", "spyysalo/ncbi-disease", "5a266c6", ("original-data/*/*.txt",),
        "ncbi-disease",
    ),
    PublishedCorpus(
        "cdr", "BC5CDR: chemicals and diseases, PubTator", "MartinH2k3/SLM-NER", "2a22b37",
        ("CDRdatasetPreprocessing/*.PubTator.txt",), "bc5cdr",
    ),
    PublishedCorpus(
        "conll2002", "CoNLL-2002, Spanish", "mrm8488/NER_conll2002_dataset", "4c60c3a",
        ("esp.train", "esp.testa", "esp.testb"), "conll2002",
    ),
    PublishedCorpus(
        "conll2003", "CoNLL-2003, English", "v-mipeng/LexiconNER", "9a2003d",
        ("data/conll2003/train.txt", "data/conll2003/valid.txt", "data/conll2003/test.txt"), "conll2003",
        note="a copy with only tokens and tags, one document for each part",
    ),
    PublishedCorpus(
        "uner", "Universal NER, English EWT", "UniversalNER/UNER_English-EWT", "8ed072d", ("*.iob2",), "uner",
        note="dev and test",
    ),
    PublishedCorpus(
        "prodigy", "Prodigy's ner_drugs, JSON Lines", "explosion/projects", "504e1e4",
        ("tutorials/ner_drugs/assets/drugs_training.jsonl", "tutorials/ner_drugs/assets/drugs_eval.jsonl"),
        "../prodigy", labels=((_PRODIGY_LABEL, ("DRUG",)),),
    ),
    PublishedCorpus(
        "doccano", "doccano's export in the tests of its transformer", "doccano/doccano-transformer", "19ad77c",
        (), "../doccano", labels=((_DOCCANO_LABEL, ("PER", "LOC", "ORG")),), arranged=arranging.doccano,
    ),
    PublishedCorpus(
        "squad-pt", "SQuAD 1.1 in Portuguese, the sample", "nunorc/squad-v1.1-pt", "da73fd9",
        ("docs/sample-v1.1-pt.json",), "../squad",
    ),
    PublishedCorpus("xquad-de", "XQuAD, German", "google-deepmind/xquad", "7d30520", ("xquad.de.json",), "../squad"),
    PublishedCorpus("xquad-th", "XQuAD, Thai", "google-deepmind/xquad", "7d30520", ("xquad.th.json",), "../squad"),
    PublishedCorpus(
        "pdnc", "PDNC: quotations in novels, CSV", "Priya22/project-dialogism-novel-corpus", "6fda0a7", (), "pdnc",
        arranged=arranging.pdnc, note="all but addressees",
    ),
    PublishedCorpus(
        "tbaq", "TimeBank and AQUAINT (TempEval-3), TimeML", "jspotter/TempEval-3", "7687471", (), "tbaq",
        arranged=arranging.tbaq, note="all except subordinating links, aspectual links and signals",
    ),
    PublishedCorpus(
        "wikinews", "German Wikinews quotations, JSON", "uhh-lt/german-news-quotation-attribution-2024", "74e7bd6",
        ("data/dev/*.json",), "wikinews-quotations", note="dev",
    ),
    PublishedCorpus(
        "gum", "GUM, CoNLL-U", "UniversalDependencies/UD_English-GUM", "afb41ee",
        ("en_gum-ud-dev.conllu", "en_gum-ud-test.conllu"), "gum", note="dev and test",
    ),
    PublishedCorpus(
        "brat", "brat's example data", "nlplab/brat", "44ecd82", ("example-data/corpora",), "../../stand-off",
        note="all of its example corpora under the schema of stand-off documents, since each has different labels",
    ),
)  # fmt: skip
"""In the order of the page."""
