"""What texts are made of, and where in a text a span may begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from hypothesis import strategies as st

from spanproof.text.characters import CLOSING, OPENING, WORD, flags
from spanproof.text.offsets import graphemes

PHRASES = (
    *(
        "Ana Silva said on Monday that ",
        "the third round, which began on 26 February 2025, ",
        "nobody in Lisbon knew. ",
    ),
    *("“We meet again,” said the envoy. ", "„Wir reden“, hieß es in Wien ", "he didn't ask for 3 % more — twice\n"),
    *(
        "👩🏽‍🚀 and 🇵🇹 fans cheered 😀 ",
        "Zoe\u0308 Mu\u0308ller\r\nund Søren Å. ",
        "外交部发言人说：「我们」。",
        "Україна й Київ\t",
    ),
    *("قال الوزير «نعم» ", "אמר השר ", "मंत्री ने कहा ", "서울에서 만난 ", "the ﬁrst oﬃce\u00a0½ ", "\n\n"),
)
PIECES = (
    *("a ", "Ana ", "Lisbon", ", ", ". ", "’s ", "don't ", "26.02.2025", "3 % ", "re-elected"),
    *("“We meet.” ", "“", "”", '"Ja" ', "'", "„Nein“ ", "«Oui»", "‘", "「", "」", "…", "—", "(", ") "),
    *("\n", "\r\n", "\r", "\t", "  ", "\u00a0", "\u202f", "\u2028", "\ufeff", "\u00ad", "\u200b", "\u202e"),
    *("😀", "👨‍👩‍👧 ", "🇩🇪🇫🇷", "👍🏽", "❤️ ", "1️⃣", "𝔄𝔫𝔞 ", "𐍈", "\U0001d15e"),
    *("e\u0301", "u\u0308ber ", "o\u0308\u0323", "\u0301", "é", "Straße ", "\u212b", "ﬁn ", "½ ", "㍿"),
    *("한국어 ", "\u1112\u1161\u11ab", "中文", "かな", "Київ ", "שלום ", "عربي ", "\u0600١٢"),
    *("नमस्ते ", "क्षि", "ক\u09c7\u09be ", "ไทย", "\u200d", "\u200c"),
)
"""Texts are made of these: prose, quotation marks, line ends and blanks, astral characters, marks, scripts."""

Pair = tuple[int, int]
PIECE = st.sampled_from((*PIECES, *PHRASES, *PHRASES))
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"))
ROOM = "\n“ja”"


@dataclass(frozen=True)
class Ground:
    """A text and its tokens: the least pieces between two places where a span may begin or end."""

    text: str
    tokens: tuple[Pair, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Parts a text at the boundaries of clusters that don't cut a word; blanks are no tokens."""
        kinds = flags()

        def inside_word(at: int) -> bool:
            return 0 < at < len(text) and bool(kinds[ord(text[at - 1])] & kinds[ord(text[at])] & WORD)

        cuts = [at for at in graphemes(text).tolist() if not inside_word(at)]
        pieces = pairwise(cuts)
        return cls(text, tuple((a, b) for a, b in pieces if not (text[a].isspace() or text[b - 1].isspace())))

    def span(self, first: int, last: int) -> Pair:
        """Return the offsets of the tokens from ``first`` to before ``last``."""
        return self.tokens[first][0], self.tokens[last - 1][1]

    def quoted(self, start: int, end: int) -> bool:
        """Whether a span stands right between quotation marks."""
        return self.text[start - 1 : start] in tuple(OPENING) and self.text[end : end + 1] in tuple(CLOSING)

    def within_marks(self, first: int, last: int) -> Pair:
        """Return the widest tokens within these that stand between marks; else these."""
        opened = (
            i for i in range(first, last) if self.text[self.tokens[i][0] - 1 : self.tokens[i][0]] in tuple(OPENING)
        )
        low = next(opened, last)
        highs = (j for j in range(last, low, -1) if self.quoted(*self.span(low, j)))
        high = next(highs, None)
        return (first, last) if high is None else (low, high)


def apart(span: Pair, others: Sequence[Pair]) -> bool:
    """Whether a span shares no character with others."""
    return all(span[1] <= low or high <= span[0] for low, high in others)
