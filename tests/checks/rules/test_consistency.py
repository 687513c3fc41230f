"""SP601, SP602: consistent labels and entities."""

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.checks import ANA


def test_a_consistent_corpus_is_one_across_batches() -> None:
    one = sound(entities=[ANA])
    two = sound(
        id="b", text="Yesterday nobody met Ana Silva here.", entities=[{**ANA, "start": 21, "end": 30, "label": "ORG"}]
    )
    parts = [Corpus.of([document]).batches[0] for document in (one, two)]
    findings = check(Corpus(Schema.article(), tuple(parts))).findings
    assert [(f.code, f.document, f.start) for f in findings] == [("SP601", "b", 21)]
