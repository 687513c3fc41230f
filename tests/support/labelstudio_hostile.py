"""Articles that annotation tools get wrong: texts, spans, identifiers; each must come back from Label Studio equal."""

import hashlib
from typing import Any

Span = tuple[int, int]


def _article(name: str, text: str, **layers: list[dict[str, Any]]) -> dict[str, Any]:
    dct = {"value": "2025-02-27", "source": "stated", "evidence": "27 February 2025"}
    empty: dict[str, Any] = {"zones": [], "entities": [], "quotes": [], "dates": []}
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return {"id": name, "text": text, "sha256": sha256, "language": "en", "dct": dct, **empty, **layers}


def _at(text: str, surface: str, nth: int = 0) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    return {"start": start, "end": start + len(surface), "text": surface}


def _entity(key: str, text: str, surface: str, nth: int = 0, label: str = "PERSON", **more: Any) -> dict[str, Any]:
    return {"id": key, **_at(text, surface, nth), "label": label, "entity_id": None, **more}


def _names(name: str, text: str, *surfaces: str) -> dict[str, Any]:
    return _article(name, text, entities=[_entity(f"e{k}", text, each) for k, each in enumerate(surfaces, 1)])


def _texts() -> list[dict[str, Any]]:
    long = "Ana 😀 e\u0301 外 " * 200
    return [
        _names("emoji", "😀 Ana 👨‍👩‍👧 met 👍🏽 Zoë 🇵🇹🇩🇪 in 1️⃣ Rio 🎉.", "Ana", "Zoë", "👨‍👩‍👧", "🇵🇹", "Rio", "🎉"),
        _names(
            "decomposed",
            "Zoe\u0308 Mu\u0308ller in Tu\u0308rkiye, o\u0308\u0323 \u0301x",
            "Zoe\u0308",
            "Mu\u0308ller",
            "Tu\u0308rkiye",
            "o\u0308\u0323",
        ),
        _names("crlf", "Ana\r\nmet\r\n\r\nRio Tinto\r\nin Oslo.\r\n", "Ana", "Rio Tinto", "Oslo"),
        _names("lone-cr", "Ana\rmet\r\rRio\rTinto.\r", "Ana", "Rio\rTinto"),
        _names("bom", "\ufeffAna met \ufeffRio.\ufeff", "Ana", "\ufeffRio"),
        _names(
            "bidi",
            "قال الوزير «نعم» \u202eAna\u202c אמר \u2067Rio\u2069 \u200f.",
            "الوزير",
            "Ana",
            "\u2067Rio\u2069",
            "אמר",
        ),
        _names(
            "zwj",
            "क्\u200dष and x\u200dy \u200d and 🏳️\u200d🌈 z\u200cw",
            "क्\u200dष",
            "x\u200dy",
            "🏳️\u200d🌈",
            "z\u200cw",
        ),
        _names("tabs", "Ana\tmet\t\tRio\tTinto\t", "Ana", "Rio\tTinto"),
        _names(
            "blanks",
            "  Ana   met  Rio  Tinto\u00a0\u202f\u3000 in  Oslo  ",
            "Ana",
            "Rio  Tinto",
            "Tinto\u00a0\u202f\u3000",
            "  met",
        ),
        _names(
            "separators",
            "Ana\u2028met\u2029Rio\u0085Tinto\x0bin\x0cOslo\u200b.",
            "Ana\u2028met",
            "Rio\u0085Tinto",
            "in\x0cOslo",
        ),
        _names(
            "markup",
            "<b>Ana</b> &amp; $text {{Rio}} <!-- Oslo --> ]]> \\n &lt;",
            "<b>Ana</b>",
            "&amp;",
            "$text",
            "{{Rio}}",
            "\\n",
        ),
        _names("chinese", "外交部发言人在北京说：「我们𠮷」。", "外交部", "北京", "𠮷"),
        _names("long-span", long + "end", long[:2000]),
        _article("empty-layers", "Nothing is annotated here 😀."),
        _article("no-text", ""),
        _names("newline-edges", "a\nAna\nb\r\nRio\r\nc\n\n", "\nAna\n", "\r\nRio\r\n", "Rio\r", "\n"),
    ]


def _spans() -> list[dict[str, Any]]:
    nested = "Bank of England Governor Ana Silva said so."
    inner = [
        ("e1", "Bank of England Governor Ana Silva"),
        ("e2", "Bank of England"),
        ("e3", "England"),
        ("e4", "Ana Silva"),
    ]
    crossing = "one two three four five"
    cross = [("e1", "one two three"), ("e2", "two three four"), ("e3", "three four five"), ("e4", "e f")]
    equal = "Washington said"
    both = [_entity("e1", equal, "Washington", label="GPE"), _entity("e2", equal, "Washington", label="ORG")]
    twice = [*both, _entity("e3", equal, "Washington", label="GPE")]
    empty = {"id": "e2", "start": 3, "end": 3, "text": "", "label": "ORG", "entity_id": None}
    outside = {"id": "e3", "start": 90, "end": 99, "text": "nowhere", "label": "ORG", "entity_id": None}
    return [
        _article("nested", nested, entities=[_entity(key, nested, each) for key, each in inner]),
        _article("crossing", crossing, entities=[_entity(key, crossing, each) for key, each in cross]),
        _article(
            "equal-spans", equal, entities=twice, zones=[{"id": "z1", **_at(equal, "Washington"), "type": "heading"}]
        ),
        _article("not-showable", equal, entities=[_entity("e1", equal, "said"), empty, outside]),
        _quotes(),
        _dates(),
    ]


def _quotes() -> dict[str, Any]:
    text = "“We 😀 meet,” said Ana. “Again.” Nobody\nelse spoke, Rio wrote."
    ana, said = _at(text, "Ana"), _at(text, "said")
    more = {"speaker": None, "continues": None, "utterance": "x"}
    first = {"id": "q1", "type": "direct", **_at(text, "We 😀 meet,"), "source": ana, "cue": said, **more}
    second = {
        "id": "q2",
        "type": "direct",
        **_at(text, "Again."),
        "source": ana,
        "cue": None,
        **more,
        "continues": "q1",
    }
    second["continues"] = "q1"
    third = {"id": "q3", "type": "indirect", **_at(text, "Nobody\nelse spoke"), "source": None, "cue": None, **more}
    lost = {**third, "id": "q4", "continues": "q9", "speaker": "  two  blanks ", "utterance": ""}
    own = {**third, "id": "q5", "continues": "q5", "speaker": "line\nbreak", "utterance": "#\"'<&>,"}
    return _article("quotes", text, quotes=[second, first, third, lost, own])


def _dates() -> dict[str, Any]:
    text = "on Monday, a day after 1 May, for 3 h"
    about = {"mod": None, "anchor": None}
    monday = {"id": "d1", **_at(text, "Monday"), "type": "DATE", "value": "2025-02-24", **about, "anchor": "dct"}
    after = {
        "id": "d2",
        **_at(text, "a day after"),
        "type": "DATE",
        "value": "2025-05-02",
        "mod": "AFTER",
        "anchor": "d3",
    }
    may = {"id": "d3", **_at(text, "1 May"), "type": "DATE", "value": "2025-05-01", **about}
    hours = {"id": "d4", **_at(text, "3 h"), "type": "DURATION", "value": " PT3H\t", **about, "anchor": "d2"}
    return _article("dates", text, dates=[monday, after, may, hours])


def _keys() -> list[dict[str, Any]]:
    text = "Ana met Rio, Zoë and Oslo."
    surfaces = ("Ana", "Rio", "Zoë", "Oslo")
    hard = ("two words", "a#b", '"quo\'te" <&>', "x" * 300), ("#", "é😀", "  ", "e1\n"), ("e1", "e1", "E1", "1")
    made = []
    for k, keys in enumerate(hard):
        listed = [_entity(key, text, surface) for key, surface in zip(keys, surfaces, strict=True)]
        listed[0] |= {"entity_id": "a slug, with #, \"quotes\" & 'blanks'", "prefix": "", "suffix": " met"}
        made.append(_article(f"hard-ids-{k} #'\"", text, entities=listed))
    return made


HOSTILE: dict[str, dict[str, Any]] = {each["id"]: each for each in (*_texts(), *_spans(), *_keys())}
"""The articles by their id."""
