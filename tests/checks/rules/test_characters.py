"""Rules of single characters (SP12x), case by case."""

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from support.checks import ANA, codes


def test_surrogates_are_found_and_lose_nothing() -> None:
    document = sound(text="Ana \ud83d Silva", entities=[{**ANA, "end": 3, "text": "Ana"}])
    corpus = Corpus.of([document])
    assert list(corpus.documents()) == [document]
    assert codes(document) == ["SP120"]


@pytest.mark.parametrize(
    ("text", "where", "point", "more"),
    [
        ("a\ud800", 1, "U+D800", ""),
        ("\udfff", 0, "U+DFFF", ""),
        ("ab\ud83d c\ude00\udc00", 2, "U+D83D", ", and 2 more"),
    ],
)
def test_the_first_lone_surrogate_is_named(text: str, where: int, point: str, more: str) -> None:
    (finding,) = check(Corpus.of([sound(text=text)])).findings
    assert (finding.code, finding.start, finding.end) == ("SP120", where, where + 1)
    assert finding.message == f"lone surrogate {point} at {where}{more}"
