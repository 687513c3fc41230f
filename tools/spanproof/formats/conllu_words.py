"""Words of CoNLL-U and their places: lines to words, words to sentences, sentences to the text of a document."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Problem = tuple[int, str]
"""A line, from 1, and what is wrong there."""
_COLUMNS = 10
_NUMBER = re.compile(r"(?P<first>\d{1,9})(?:-(?P<last>\d{1,9})|\.(?P<empty>\d{1,9}))?", re.ASCII)
_BLANKS = re.compile(r"\s*")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LETTERS = {" ": "s", "\t": "t", "\n": "n", "\r": "r", "|": "p", "\\": "\\"}
_CHARACTERS = {letter: character for character, letter in _LETTERS.items()}


@dataclass
class Word:
    """A line of a word; its extent in the text (code points) is None while it has none."""

    line: int
    form: str
    misc: dict[str, str]
    extent: tuple[int, int] | None = None


@dataclass
class Token:
    """What stands in the text: a word, or several as one."""

    line: int
    form: str
    misc: dict[str, str]
    last: int
    words: list[Word] = field(default_factory=list)

    def space_after(self) -> str | None:
        """Return the white space that is said to follow; None where nothing is said."""
        if "SpacesAfter" in self.misc:
            return unescaped(self.misc["SpacesAfter"])
        return "" if self.misc.get("SpaceAfter") == "No" else None

    def place(self, start: int) -> None:
        """Place its words, given where it begins; each has its own characters where they make up the token."""
        whole = (start, start + len(self.form))
        apart = "".join(word.form for word in self.words) == self.form
        for word in self.words:
            word.extent = (start, start + len(word.form)) if apart else whole
            start += len(word.form)


@dataclass
class WordBlock:
    """A block of lines, with all its words in their order, empty nodes too."""

    text: str | None = None
    text_line: int = 0
    paragraph: bool = False
    tokens: list[Token] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    numbered: int = 0

    def take(self, line: int, columns: Sequence[str]) -> str | None:
        """Take up a line of a word, and return what is wrong with it."""
        if len(columns) != _COLUMNS:
            return f"has {len(columns)} columns; expected {_COLUMNS}, with tabs between them"
        number = _NUMBER.fullmatch(columns[0])
        if number is None or not columns[1]:
            return (
                f"is {columns[0]!r} with the form {columns[1]!r}; expected a number such as 3, 3-4 or 3.1, and a form"
            )
        form, misc = columns[1], _misc_of(columns[9])
        if number["last"]:
            self.tokens.append(Token(line, form, misc, int(number["last"])))
            return None
        word = Word(line, form, misc)
        self.words.append(word)
        if number["empty"]:
            return None
        place, expected = int(number["first"]), self.numbered + 1
        if not self.tokens or self.tokens[-1].last < expected:
            self.tokens.append(Token(line, form, misc, expected))
        self.tokens[-1].words.append(word)
        self.numbered = expected
        return None if place == expected else f"is the word {place}; expected {expected}"

    def align(self, start: int) -> tuple[str, list[Problem]]:
        """Place the tokens one after the other in ``# text``, or where there is none in what their forms make up.

        Args:
            start: where the sentence begins in the text of the document (code points).

        Returns:
            The text of the sentence, and where its tokens and ``# text`` differ.
        """
        sentence = self.text if self.text is not None else "".join(_pieces(self.tokens))
        text, at, before, lost = "", 0, None, False
        problems: list[Problem] = []
        for token in self.tokens:
            place = at if sentence.startswith(token.form, at) else _after_blanks(sentence, at)
            if not sentence.startswith(token.form, place):
                shown = sentence[place : place + len(token.form)]
                place = sentence.find(token.form, at)
                if place < 0 or not lost:
                    problems.append((token.line, f"the form is {token.form!r}, # text goes on with {shown!r}"))
            lost = place < 0
            if lost:
                continue
            blanks = sentence[at:place]
            if before is not None and not blanks.strip():
                spacing = before.space_after()
                if (blanks == "") != (spacing == ""):
                    shown = "no white space" if spacing == "" else "white space" if spacing is None else repr(spacing)
                    problems.append((before.line, f"MISC says {shown} after {before.form!r}, # text has {blanks!r}"))
                elif spacing:
                    blanks = spacing
            text += blanks
            token.place(start + len(text))
            text += token.form
            at, before = place + len(token.form), token
        if rest := sentence[at:].rstrip():
            problems.append((self.text_line, f"# text goes on with {rest[:40]!r} after the last word"))
        return text + rest, problems


def text_of(sentences: Sequence[WordBlock]) -> tuple[str, list[Problem]]:
    """Place the words of all sentences of a document.

    Sentences are joined by what their last token says; where it says nothing by a blank, or a line feed at a paragraph.

    Returns:
        The text, and where words and texts of sentences differ.
    """
    parts: list[str] = []
    problems: list[Problem] = []
    length = 0
    after: str | None = ""
    for sentence in (sentence for sentence in sentences if sentence.tokens):
        blanks = after if after is not None else "\n" if sentence.paragraph else " "
        blanks += unescaped(sentence.tokens[0].misc.get("SpacesBefore", ""))
        words, differences = sentence.align(length + len(blanks))
        parts += [blanks, words]
        length += len(blanks) + len(words)
        problems += differences
        after = sentence.tokens[-1].space_after()
    return "".join([*parts, after or ""]), problems


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    for k, token in enumerate(tokens):
        yield token.form
        if k + 1 < len(tokens):
            blanks = token.space_after()
            yield " " if blanks is None else blanks


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at


def _misc_of(column: str) -> dict[str, str]:
    members: dict[str, str] = {}
    for member in column.split("|") if column != "_" else ():
        name, _, value = member.partition("=")
        members.setdefault(name, value)
    return members


def escaped(blanks: str) -> str:
    """Return white space as ``SpacesAfter`` has it."""
    return "".join(f"\\{_LETTERS[sign]}" if sign in _LETTERS else sign for sign in blanks)


def unescaped(value: str) -> str:
    """Return the white space that ``SpacesAfter`` says."""
    return _ESCAPED.sub(lambda sign: _CHARACTERS.get(sign[1], sign[0]), value)
