"""Thirteen edits of an annotated text that know where each of its characters goes."""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Atom = tuple[int | None, str]
"""A piece of the new text and the old character that it stands for."""
Span = tuple[int, int]
SENTENCES = (
    "The committee will meet again in the spring.",
    "Officials in the capital declined to comment on Monday.",
    "He said that nothing had been decided.",
    "“We are not there yet,” a diplomat told reporters.",
)


@dataclass(frozen=True)
class Case:
    """A document's text and the spans of each of its annotations."""

    text: str
    groups: tuple[tuple[Span, ...], ...]

    @property
    def spans(self) -> list[Span]:
        return [span for group in self.groups for span in group]

    def outside(self) -> list[bool]:
        """Which characters are in no span."""
        free = [True] * len(self.text)
        for start, end in self.spans:
            free[start:end] = [False] * (end - start)
        return free

    def between(self) -> set[int]:
        """Offsets that no span has inside it."""
        inner = {k for start, end in self.spans for k in range(start + 1, end)}
        return set(range(len(self.text) + 1)) - inner

    def units(self, pattern: str) -> list[Span]:
        """Paragraphs or sentences that hold whole annotations, and that no annotation crosses."""
        found = []
        for match in re.finditer(pattern, self.text):
            low, high = match.span()
            inside = [[low <= start and end <= high for start, end in group] for group in self.groups]
            apart = all(
                all(flags) or all(end <= low or start >= high for start, end in group)
                for flags, group in zip(inside, self.groups, strict=True)
            )
            if apart and any(map(all, inside)):
                found.append((low, high))
        return found


@dataclass(frozen=True)
class Edit:
    """The new text as atoms; spans inside ``unit`` are to be refused, with as many rivals."""

    atoms: list[Atom]
    unit: Span | None = None
    rivals: int = 0


Editor = Callable[[Case, random.Random], Edit | None]
PARAGRAPH = r"\S[^\n]*(?:\n+|$)"
SENTENCE = r"(?:(?<=[.!?…”\"]\s)|(?<=\n)|^)\S[^\n]*?[.!?…]+[”\"]?(?:\s|$)"


def atoms_of(text: str) -> list[Atom]:
    return list(enumerate(text))


def insert_sentence(case: Case, draw: random.Random) -> Edit | None:
    atoms = atoms_of(case.text)
    starts = [m.end() for m in re.finditer(r"[.!?…”\"]\s+|\n+", case.text)]
    places = sorted(set(starts) & case.between())
    if not places:
        return None
    for at in sorted(draw.sample(places, min(3, len(places))), reverse=True):
        atoms.insert(at, (None, draw.choice(SENTENCES) + case.text[at - 1]))
    return Edit(atoms)


def mapped(pairs: dict[str, str]) -> Editor:
    def editor(case: Case, draw: random.Random) -> Edit | None:
        if not set(pairs) & set(case.text):
            return None
        return Edit([(k, pairs.get(character, character)) for k, character in enumerate(case.text)])

    return editor


def reflow(case: Case, draw: random.Random) -> Edit | None:
    width, atoms, column = draw.randint(50, 90), list[Atom](), 0
    for k, character in enumerate(case.text):
        column += 1
        if character in " \n":
            character = "\n" if column > width else " "
            column = 0 if character == "\n" else column
        atoms.append((k, character))
    return Edit(atoms)


def delete_words(case: Case, draw: random.Random) -> Edit | None:
    free = case.outside()
    words = [m.span() for m in re.finditer(r"\w+ ", case.text) if all(free[m.start() : m.end()])]
    count = max(1, round(len(case.text.split()) * draw.uniform(0.02, 0.03)))
    if not words:
        return None
    out = {k for start, end in draw.sample(words, min(count, len(words))) for k in range(start, end)}
    return Edit([atom for atom in atoms_of(case.text) if atom[0] not in out])


def change_letters(case: Case, draw: random.Random) -> Edit | None:
    """No span of fewer than eight letters is changed twice, by way of one that overlaps it."""
    atoms, changed = atoms_of(case.text), set[int]()
    for start, end in sorted(case.spans, key=lambda span: span[1] - span[0]):
        letters = [k for k in range(start, end) if case.text[k].isalpha()]
        if letters and draw.random() < 0.3:
            at = draw.choice(letters)
            short = (span for span in case.spans if span[0] <= at < span[1] and span[1] - span[0] < 8)
            if any(changed & set(range(*span)) for span in short):
                continue
            changed.add(at)
            atoms[at] = (at, draw.choice([c for c in "abcdefghijklmnopqrstuvwxyz" if c != case.text[at].lower()]))
    return Edit(atoms)


def nfd(case: Case, draw: random.Random) -> Edit | None:
    if unicodedata.is_normalized("NFD", case.text):
        return None
    return Edit([(k, unicodedata.normalize("NFD", character)) for k, character in enumerate(case.text)])


def move_paragraph(case: Case, draw: random.Random) -> Edit | None:
    every = [m.span() for m in re.finditer(PARAGRAPH, case.text)]
    units = case.units(PARAGRAPH)
    if not units or len(every) < 3:
        return None
    low, high = draw.choice(units)
    spots = {start for start, _ in every} & case.between()
    places = [at for at in sorted(spots) if at < low or at > high]
    if not places:
        return None
    at = draw.choice(places)
    atoms = atoms_of(case.text)
    taken: list[Atom] = atoms[low:high]
    if not case.text[low:high].endswith("\n"):
        taken.append((None, "\n"))
    edited = [*atoms[:low], *atoms[high:]]
    at = at if at < low else at - (high - low)
    return Edit([*edited[:at], *taken, *edited[at:]])


def delete_unit(case: Case, draw: random.Random) -> Edit | None:
    """Not one of two equal neighbours: which of them stayed can't be told."""
    text = case.text
    units = [
        (low, high)
        for low, high in case.units(draw.choice((PARAGRAPH, SENTENCE))) or case.units(PARAGRAPH)
        if not text[high:].startswith(text[low:high]) and not text[:low].endswith(text[low:high])
    ]
    if not units:
        return None
    low, high = draw.choice(units)
    return Edit([*atoms_of(case.text[:low]), *((high + k, c) for k, c in enumerate(case.text[high:]))], (low, high))


def duplicate(case: Case, draw: random.Random) -> Edit | None:
    units = case.units(PARAGRAPH)
    if not units:
        return None
    low, high = draw.choice(units)
    copy = case.text[low:high] if case.text[low:high].endswith("\n") else case.text[low:high] + "\n"
    atoms = atoms_of(case.text)
    return Edit([*atoms[:low], (None, copy), *atoms[low:]], (low, high), 2)


def all_at_once(case: Case, draw: random.Random) -> Edit | None:
    """Sentences put in, words taken out, letters changed, marks straightened, line ends doubled."""
    put_in, taken_out, changed = (edit(case, draw) for edit in (insert_sentence, delete_words, change_letters))
    if put_in is None or taken_out is None or changed is None:
        return None
    left, letters = {old for old, _ in taken_out.atoms}, dict(changed.atoms)
    atoms = [(k, text if k is None else letters[k]) for k, text in put_in.atoms if k is None or k in left]
    other = {"“": '"', "”": '"', "’": "'", "\n": "\r\n", "…": "..."}
    return Edit([(k, other.get(text, text)) for k, text in atoms])


EDITS: dict[str, Editor] = {
    "insert sentence": insert_sentence,
    "quotation marks": mapped(dict(zip("“”‘’", "\"\"''", strict=True))),
    "straight to curly": mapped({'"': "”", "'": "’"}),
    "dash, ellipsis": mapped({"—": " - ", "–": "-", "-": "–", "…": "..."}),
    "reflow": reflow,
    "LF to CRLF": mapped({"\n": "\r\n"}),
    "delete words": delete_words,
    "one letter": change_letters,
    "NFC to NFD": nfd,
    "all at once": all_at_once,
    "paragraph moved": move_paragraph,
    "deleted": delete_unit,
    "duplicated in front": duplicate,
}


def truth(atoms: Iterable[Atom]) -> tuple[str, dict[int, Span]]:
    """The new text, and where each old character stands in it."""
    at, where, parts = 0, dict[int, Span](), list[str]()
    for old, text in atoms:
        if old is not None:
            where[old] = (at, at + len(text))
        at += len(text)
        parts.append(text)
    return "".join(parts), where
