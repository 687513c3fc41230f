"""Sound documents that are hard to place spans in: few names that stand many times, periodic texts, many scripts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True)
class Language:
    """What texts are made of: names and words, the gap between words, what ends a sentence."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    gap: str
    stop: str


@dataclass(frozen=True)
class Occurrence:
    """A name at its place: first code point, the code point after its last."""

    start: int
    end: int


@dataclass(frozen=True)
class Written:
    """A text, its mentions in their order, and where its paragraphs and sentences begin.

    Attributes:
        text: the text.
        mentions: places that an annotator might mark; some hold others, none cross.
        paragraphs: the first code point of each paragraph.
        sentences: the first code point of each sentence.
        language: what the text is made of; its names are those of this text.
    """

    text: str
    mentions: tuple[Occurrence, ...]
    paragraphs: tuple[int, ...]
    sentences: tuple[int, ...]
    language: Language


_LATIN = Language(
    (
        *("Ana Silva", "Oslo", "Porto", "Kemal Öztürk", "Halden & Sørli", "R&D", "İzmir", "two", "3", "Zoë", "Ana"),
        *("Vala", "Harbour & Coast Board", "Mirela Dragan", "Dragan", "O’Neil", "Zoe\u0308", "ﬁnance", "Team 😀"),
    ),
    (
        *("met", "wrote to", "and", "with", "“the weather”", "as planned…", "or nearly", "– and said so", "café", "&"),
        *("😀", "again", "<b>", '"so"', "\t", "  ", "naïve", "½", "İ", "e\u0301lan", "A&B", "don’t", "🇩🇰", "\\"),
        "\u00ad",
    ),
    " ",
    ". ",
)
_CYRILLIC = Language(
    ("Київ", "Анна Сильва", "Йова\u0306нов", "Ёлкин", "Анна", "СБ"),
    ("сказал", "встретил", "и", "«мир»", "—", "щё", "№ 5", "😀", "&"),
    " ",
    ". ",
)
_GREEK = Language(("Αθήνα", "Ζωή Ρήγα", "Ρήγα", "ΟΗΕ"), ("είπε", "και", "ποτέ", "«όχι»", "ά\u0301", "&"), " ", ". ")
_ARABIC = Language(("مُحَمَّد", "عَلِيّ", "بغداد", "مصر"), ("قَالَ", "إِلَى", "في", "ثُمَّ", "مِنْ", "و", "😀"), " ", ". ")
_HINDI = Language(("दिल्ली", "राम", "क्षेत्र", "मुंबई"), ("ने", "को", "कहा", "प्रश्न", "में", "और", "🙏🏽"), " ", "। ")
_CHINESE = Language(("北京", "王芳", "上海", "𠮷田"), ("说", "和", "在", "见了", "。“好”", "去", "😀"), "", "。")
LANGUAGES: Sequence[Language] = (_LATIN, _LATIN, _LATIN, _CYRILLIC, _GREEK, _ARABIC, _HINDI, _CHINESE)
_BREAKS = ("\n", "\n\n", "\r\n", "\r\n\r\n", "\n\n", "\u2029")


class _Writing:
    """A text that grows; it belongs to one call of :func:`written` alone."""

    def __init__(self, random: Random, language: Language) -> None:
        self.random, self.language = random, language
        self.text = ""
        self.mentions: list[Occurrence] = []
        self.paragraphs: list[int] = []
        self.sentences: list[int] = []

    def name(self, name: str) -> None:
        start, end = len(self.text), len(self.text) + len(name)
        self.mentions.append(Occurrence(start, end))
        *_, last = name.split(" ")
        if last != name and self.random.random() < 0.3:
            self.mentions.append(Occurrence(end - len(last), end))
        self.text += name

    def sentence(self, plan: Sequence[str]) -> None:
        begin = len(self.text)
        self.sentences.append(begin)
        for number, piece in enumerate(plan):
            if number:
                self.text += self.language.gap
            if piece in self.language.names:
                self.name(piece)
            else:
                self.text += piece
        if self.random.random() < 0.1 and plan[-1].strip():
            self.mentions.append(Occurrence(begin, len(self.text)))
        self.text += self.language.stop

    def plan(self) -> list[str]:
        names = self.language.names
        words = [self.random.choice(self.language.words) for _ in range(self.random.randrange(3, 10))]
        for k in range(0, min(len(words), 7), 3):
            words[k] = names[min(int(self.random.expovariate(0.9)), len(names) - 1)]
        return words


def written(random: Random, sentences: int, language: Language | None = None) -> Written:
    """Write a text.

    Args:
        random: makes every choice.
        sentences: how many sentences it has.
        language: what it is made of; by default few names of a language that is drawn.

    Returns:
        The text and its mentions. A third of the texts are periodic: one sentence, or two by turns, over and over.
    """
    if language is None:
        drawn = random.choice(LANGUAGES)
        names = random.sample(drawn.names, random.randrange(2, min(6, len(drawn.names)) + 1))
        language = replace(drawn, names=tuple(names))
    writing = _Writing(random, language)
    period = [writing.plan() for _ in range(random.choice((1, 2)))] if random.random() < 1 / 3 else []
    line_end = random.choice(_BREAKS)
    for number in range(sentences):
        if number == 0 or random.random() < 0.3:
            writing.text += line_end if number else ""
            writing.paragraphs.append(len(writing.text))
        writing.sentence(period[number % len(period)] if period else writing.plan())
    mentions = tuple(sorted(dict.fromkeys(writing.mentions), key=lambda mention: (mention.start, -mention.end)))
    return Written(writing.text, mentions, tuple(writing.paragraphs), tuple(writing.sentences), language)
