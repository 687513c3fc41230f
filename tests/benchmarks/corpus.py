"""A synthetic corpus of sound articles, as large as wanted, made by columns: some 60 spans and 3.5 kB of text each.

A document is a row of sentences drawn from a pool of rendered ones, each with its annotations: a batch is a few
``take`` of Arrow and shifted offsets. Words are invented and used as often as Zipf's law says, so that the texts
compress about as real ones do. Scripts are mixed as in news: a quarter ASCII, half English with typographic marks, a
quarter of accents, Cyrillic, Greek, Chinese and emoji. The same size gives the same bytes.
"""

import functools
import hashlib
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spanproof.schema.schema import Schema

ROWS = 4096
LAYERS = ("zones", "entities", "quotes", "dates")
_MOST, _WORDS = 80_000, 4_000
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Language:
    """What the sentences of a language are made of; ``gap`` parts words, ``per`` sentences make a document.

    ``share`` is that of the documents. From ``syllables`` words and names are invented.
    """

    code: str
    share: float
    per: int
    gap: str
    stop: str
    marks: tuple[str, str]
    first: tuple[str, ...]
    last: tuple[str, ...]
    places: tuple[str, ...]
    groups: tuple[str, ...]
    words: tuple[str, ...]
    cues: tuple[str, ...]
    days: tuple[tuple[str, str], ...]
    syllables: tuple[str, ...]

    def invented(self, count: int) -> tuple[str, ...]:
        """Words of one to four syllables."""
        draw = random.Random(self.code)
        return tuple("".join(draw.choices(self.syllables, k=draw.choice((1, 2, 2, 3, 3, 4)))) for _ in range(count))

    @functools.cached_property
    def vocabulary(self) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """The words, the commonest first, and their cumulative weights."""
        words = (*self.words, *self.invented(_WORDS))
        return words, tuple(accumulate(1 / (rank + 3) for rank in range(len(words))))

    @functools.cached_property
    def surnames(self) -> tuple[str, ...]:
        """The names listed, and many more."""
        return (*self.last, *(name.capitalize() for name in self.invented(_WORDS // 2)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _days(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((surface.replace("_", " "), value) for surface, value in (pair.split("=") for pair in text.split()))


_ENGLISH = _words(
    "the a of to and in that would which river council bridge water vote review agreement border market price school "
    "village because after before against while envoy minister plan office paper ship train harvest weather million "
    "small early large common quiet public careful several without between never nearly again once forward"
)
_PLAIN = Language(
    "en", 0.25, 20, " ", ".", ('"', '"'),
    _words("Ana John Maria Peter Olga Samuel Ruth Ivan Clara David Nora Hugo Irene Paul Vera Adam Lucy Omar Edith"),
    _words("Silva Baker Costa Young Walker Turner Reed Novak Hill Murray Stone Fisher Grant Porter Lane Webb Ford"),
    _words("Lisbon Istanbul Geneva Ankara Vienna Dublin Porto Boston Oslo Cairo Delhi Quito Nairobi Tunis"),
    _words("Parliament Reuters Council Senate UNESCO Amnesty Interpol Eurostat NATO OPEC"),
    _ENGLISH, _words("said told added warned wrote announced replied"),
    _days("Monday=XXXX-WXX-1 Friday=XXXX-WXX-5 yesterday=2025-02-25 last_week=2025-W08 the_summer=2024-SU"),
    _words("ba ber can da den di est fa fer gra in ing ka ker la lo men mi na nor o per qui ra ri sta su ter u wi zen"),
)  # fmt: skip
_CURLY = Language(
    "en", 0.5, 20, " ", ".", ("“", "”"), _PLAIN.first, _PLAIN.last, _PLAIN.places, _PLAIN.groups,
    (*_ENGLISH, "don’t", "isn’t", "country’s", "–", "…"), _PLAIN.cues, _PLAIN.days, _PLAIN.syllables,
)  # fmt: skip
_LANGUAGES = (
    _PLAIN,
    _CURLY,
    Language(
        "fr", 0.1, 19, " ", ".", ("«", "»"), _words("José Zoë François Çağla Jürgen Łucja Anaïs Renée Øystein Ülkü"),
        _words("Müller Gonçalves Lefèvre Erdoğan Núñez Šimić Żak Bérénger Ångström Öz Jimu\u0308"),
        _words("Genève Zürich Málaga İzmir Kraków Århus Besançon Łódź Québec"), _words("Sénat Société Bündnis Örgütü"),
        _words("où déjà après être à été régime même forêt über größte fenêtre señal ação çok gün siècle la de et que"),
        _words("affirmé répété ajouté söyledi erklärte disse"),
        _days("lundi=XXXX-WXX-1 février=2025-02 l’été=2024-SU hier=2025-02-25"),
        _words("é ça çon dé er fê gué ğı i la le lié mô na né œu ou pré que ré ré ro ş sé tô tre ü va vé ve ż"),
    ),
    Language(
        "ru", 0.05, 11, " ", ".", ("«", "»"), _words("Анна Иван Ольга Пётр Мария Сергей Нина Фёдор Вера Глеб"),
        _words("Смирнов Попов Волков Зайцев Соловьёв Козлов Лебедев Морозов Орлов"),
        _words("Москва Казань Стамбул Киев Минск Омск Томск Рига"), _words("Дума Совет ТАСС Сенат"),
        _words("и в не на что как вода мост совет после перед река голос цена школа село между никогда почти снова"),
        _words("сказал сообщил добавил написал ответил"),
        _days("понедельник=XXXX-WXX-1 вчера=2025-02-25 февраль=2025-02"),
        _words("а бо ве го да ен ж за ив ка ло ми на о по ре с то у хо це ча ше э ю я ный ть"),
    ),
    Language(
        "el", 0.03, 11, " ", ".", ("«", "»"), _words("Άννα Γιώργος Ελένη Νίκος Μαρία Πέτρος Ζωή Ιάσων"),
        _words("Παππάς Ιωάννου Δήμου Ράπτης Νικολάου Σταύρου Κόκκινος"), _words("Αθήνα Πάτρα Λάρισα Ρόδος Χανιά"),
        _words("Βουλή Συμβούλιο Αρχή"),
        _words("και το να με για από ότι νερό γέφυρα χωριό αγορά πριν μετά ποτέ ξανά"),
        _words("είπε δήλωσε πρόσθεσε έγραψε"), _days("Δευτέρα=XXXX-WXX-1 χθες=2025-02-25"),
        _words("α βη γο δε ει ζω ή θα ι κο λά μη νί ο πό ρα σε τι υ φέ χα ψη ω"),
    ),
    Language(
        "zh", 0.04, 20, "", "。", ("「", "」"),
        _words("王 李 张 刘 陈 杨 赵 黄 周 吴"), _words("伟 芳 秀英 敏 静 丽 强 磊 洋 艳 勇 军"),
        _words("北京 上海 广州 伊斯坦布尔 南京 成都"), _words("议会 新华社 理事会 参议院"),
        _words("今年 水 桥梁 会议 以后 之前 市场 学校 农村 协议 价格 天气 和 的 在 不 了 河流 投票 计划 小 大 公共"),
        _words("表示 指出 补充 写道 回答"), _days("星期一=XXXX-WXX-1 昨天=2025-02-25 二月=2025-02"),
        tuple(map(chr, range(0x4E00, 0x4E00 + 1200, 3))),
    ),
    Language(
        "en", 0.03, 19, " ", ".", ("“", "”"), _PLAIN.first, _PLAIN.last, _PLAIN.places, _PLAIN.groups,
        (*_ENGLISH, "😀", "👍🏽", "👨‍👩‍👧", "🇹🇷", "𝔄", "✈️"), _PLAIN.cues, _PLAIN.days, _PLAIN.syllables,
    ),
)  # fmt: skip
_MONTHS = _words("January February March April May June July August September October November December")


class _Sentence:
    """A sentence that grows from the left, with the spans laid on it."""

    def __init__(self, language: Language, draw: random.Random) -> None:
        self.language, self.draw, self.text = language, draw, ""
        self.spans: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYERS}

    def add(self, piece: str, glue: str | None = None) -> dict[str, Any]:
        """Appends a piece and returns its span."""
        self.text += (self.language.gap if glue is None else glue) if self.text else ""
        start = len(self.text)
        self.text += piece
        return {"start": start, "end": len(self.text), "text": piece}

    def prose(self, low: int, high: int) -> None:
        for word in self.words(self.draw.randint(low, high)):
            self.add(word)

    def words(self, count: int) -> list[str]:
        words, weights = self.language.vocabulary
        return self.draw.choices(words, cum_weights=weights, k=count)

    def entity(self, kind: str, glue: str | None = None) -> dict[str, Any]:
        pick, language = self.draw.choice, self.language
        name = {
            "PERSON": lambda: pick(language.first) + language.gap + pick(language.surnames),
            "GPE": lambda: pick(language.places),
            "ORG": lambda: pick(language.groups),
            "CARDINAL": lambda: str(self.draw.randint(2, 999)),
        }[kind]()
        span = self.add(name, glue)
        slug = None if kind == "CARDINAL" else f"{kind.lower()}-{hashlib.md5(name.encode()).hexdigest()[:10]}"
        self.spans["entities"].append({**span, "label": kind, "entity_id": slug})
        return {**span, "entity_id": slug}

    def date(self) -> None:
        draw = self.draw
        year, month, day = draw.randint(2015, 2025), draw.randint(1, 12), draw.randint(1, 28)
        surface, value, type_ = draw.choice(
            (
                *((*known, "DATE") for known in self.language.days),
                (f"{day} {_MONTHS[month - 1]} {year}", f"{year}-{month:02}-{day:02}", "DATE"),
                (f"{year}", f"{year}", "DATE"),
                (f"{day:02}:{month:02}", f"{year}-{month:02}-{day:02}T{day % 24:02}:{month:02}", "TIME"),
                (f"{day} days", f"P{day}D", "DURATION"),
            )
        )
        if "XXXX" in value and draw.random() < 0.3:
            type_ = "SET"
        mod = draw.choice(("APPROX", "EARLY", "BEFORE")) if draw.random() < 0.1 else None
        self.spans["dates"].append({**self.add(surface), "type": type_, "value": value, "mod": mod})


def _narrative(sentence: _Sentence) -> None:
    sentence.prose(6, 11)
    for kind in sentence.draw.sample(("PERSON", "GPE", "ORG", "CARDINAL"), sentence.draw.choice((1, 1, 2))):
        sentence.entity(kind)
        sentence.prose(8, 14)
    if sentence.draw.random() < 0.7:
        sentence.date()
        sentence.prose(4, 9)
    sentence.add(sentence.language.stop, "")


def _quotation(sentence: _Sentence) -> None:
    language, draw = sentence.language, sentence.draw
    speaker = sentence.entity("PERSON")
    source = {name: speaker[name] for name in ("start", "end", "text")}
    cue = sentence.add(draw.choice(language.cues))
    kind = draw.choice(("direct", "direct", "indirect", "mixed"))
    opening, closing = language.marks
    if kind == "direct":
        sentence.add(opening)
    begin = len(sentence.text) + len(language.gap if kind != "direct" else "")
    glue = "" if kind == "direct" else None
    sentence.add(sentence.words(1)[0], glue)
    sentence.prose(8, 14)
    sentence.entity(draw.choice(("GPE", "ORG")))
    if draw.random() < 0.3:
        sentence.date()
    if kind == "mixed":
        sentence.add(opening + sentence.words(1)[0] + closing)
    sentence.prose(5, 10)
    if kind == "direct":
        sentence.add(language.stop, "")
    content = {"start": begin, "end": len(sentence.text), "text": sentence.text[begin:]}
    sentence.add(closing if kind == "direct" else language.stop, "")
    sentence.spans["quotes"].append(
        {
            **content,
            "type": kind,
            "source": source,
            "cue": cue if draw.random() < 0.95 else None,
            "speaker": speaker["entity_id"] if draw.random() < 0.9 else None,
            "utterance": f"utterance-{draw.randrange(10**6)}",
        }
    )


def _header(sentence: _Sentence) -> None:
    sentence.prose(4, 9)
    sentence.spans["zones"].append({"start": 0, "end": len(sentence.text), "text": sentence.text, "type": "heading"})
    credit = f"Photo: {sentence.draw.choice(sentence.language.first)} {sentence.draw.randint(2015, 2025)}"
    sentence.spans["zones"].append({**sentence.add(credit, "\n"), "type": "credit"})
    sentence.text += "\n\n"


@dataclass(frozen=True)
class Pool:
    """Rendered sentences: those of a language begin at ``first``, its headers at ``header`` and end at ``end``."""

    columns: pa.RecordBatch
    first: Ints
    header: Ints
    end: Ints


@functools.cache
def _pool(sentences: int) -> Pool:
    draw = random.Random(20250226)
    types = {field.name: field.type for field in Schema.article().arrow}
    texts: list[str] = []
    layers: dict[str, list[Any]] = {name: [] for name in LAYERS}
    counts = []
    for language in _LANGUAGES:
        count = int(sentences * language.share)
        counts.append((count, count // 8 + 1))
        for k in range(sum(counts[-1])):
            sentence = _Sentence(language, draw)
            (_header if k >= count else _quotation if draw.random() < 0.4 else _narrative)(sentence)
            texts.append(sentence.text + ("" if k >= count else draw.choice((language.gap, language.gap, "\n\n"))))
            for name, spans in layers.items():
                spans.append(sentence.spans[name])
    arrays = [pa.array(texts, pa.string()), *(pa.array(spans, types[name]) for name, spans in layers.items())]
    ends = np.cumsum(np.array(counts))
    first = np.concatenate([[0], ends[1:-1:2]])
    return Pool(pa.RecordBatch.from_arrays(arrays, ["text", *layers]), first, ends[0::2], ends[1::2])


def batches(documents: int) -> Iterator[pa.RecordBatch]:
    """The corpus of this many documents, as columns of the article schema, 4096 a batch."""
    pool = _pool(min(_MOST, 16 * documents))
    for first in range(0, documents, ROWS):
        yield _batch(pool, first, min(ROWS, documents - first))


def _batch(pool: Pool, begin: int, rows: int) -> pa.RecordBatch:
    draw = np.random.default_rng((20250226, begin))
    language = draw.choice(len(_LANGUAGES), rows, p=[each.share for each in _LANGUAGES])
    per = np.array([each.per for each in _LANGUAGES])[language] + draw.integers(-2, 3, rows)
    cuts = np.concatenate([[0], np.cumsum(per)])
    doc = np.repeat(np.arange(rows), per)
    chosen = draw.integers(pool.first[language][doc], pool.header[language][doc])
    chosen[cuts[:-1]] = draw.integers(pool.header[language], pool.end[language])
    took = pool.columns.take(pa.array(chosen))
    points = np.concatenate([[0], np.cumsum(pc.utf8_length(took["text"]).to_numpy())])
    shift = points[:-1] - points[cuts[:-1]][doc]
    ends = np.frombuffer(took["text"].buffers()[1], np.int32)[cuts]
    texts = pa.StringArray.from_buffers(rows, pa.py_buffer(ends.copy()), took["text"].buffers()[2])
    days = [f"2025-{1 + k % 12:02}-{1 + k % 28:02}" for k in draw.integers(0, 10**6, rows).tolist()]
    members: dict[str, Any] = {
        "id": pa.array([f"article-{begin + k:07}" for k in range(rows)]),
        "text": texts,
        "sha256": pa.array([hashlib.sha256(text.as_buffer()).hexdigest() for text in texts]),
        "language": pa.array([each.code for each in _LANGUAGES]).take(pa.array(language)),
        "dct": pa.array(
            [{"value": day, "source": "stated", "evidence": day} for day in days],
            Schema.article().arrow.field("dct").type,
        ),
    }
    for name in LAYERS:
        members[name] = _layer(name, took[name], cuts, shift, draw)
    left_out = {field.name: pa.nulls(rows, field.type) for field in Schema.article().arrow if field.name not in members}
    return pa.RecordBatch.from_pydict({**members, **left_out}, schema=Schema.article().arrow)


def _layer(name: str, lists: pa.ListArray, cuts: Ints, shift: Ints, draw: np.random.Generator) -> pa.ListArray:
    """The spans of all sentences as lists of documents: offsets shifted, numbered, continued and anchored."""
    offsets = np.concatenate([[0], np.cumsum(pc.list_value_length(lists).to_numpy())])
    moved = np.repeat(shift, np.diff(offsets)).astype(np.int32)
    bounds = offsets[cuts]
    index = np.arange(len(moved)) - np.repeat(bounds[:-1], np.diff(bounds))
    spans = lists.flatten()
    columns = dict(zip((field.name for field in spans.type), spans.flatten(), strict=True))
    ids = pa.array([f"{name[0]}{k + 1}" for k in range(int(index.max(initial=0)) + 1)])
    columns["id"] = ids.take(pa.array(index))
    earlier = ids.take(pa.array(np.maximum(index - 1, 0), mask=(index == 0) | (draw.random(len(index)) > 0.1)))
    if name == "quotes":
        columns["continues"] = earlier
        columns |= {part: _moved(columns[part], moved) for part in ("source", "cue")}
    if name == "dates":
        anchored = pa.array(np.where(draw.random(len(index)) < 0.5, "dct", None), pa.string())
        columns["anchor"] = pc.coalesce(earlier, anchored)
    shifted = _moved(pa.StructArray.from_arrays(list(columns.values()), fields=list(spans.type)), moved)
    return pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), shifted, type=lists.type)


def _moved(spans: pa.StructArray, by: npt.NDArray[np.int32]) -> pa.StructArray:
    children = dict(zip((field.name for field in spans.type), spans.flatten(), strict=True))
    for name in ("start", "end"):
        children[name] = pc.add(children[name], pa.array(by))
    return pa.StructArray.from_arrays(list(children.values()), fields=list(spans.type), mask=spans.is_null())


def json_of(array: pa.Array) -> pa.Array:
    """The JSON of each element, written by columns."""
    if pa.types.is_struct(array.type):
        pieces: list[Any] = []
        for field, child in zip(array.type, array.flatten(), strict=True):
            pieces += [("," if pieces else "{") + f'"{field.name}":', json_of(child)]
        text = pc.binary_join_element_wise(*pieces, "}", "")
    elif pa.types.is_list(array.type):
        lengths = pc.list_value_length(array).fill_null(0).to_numpy()
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        items = pa.ListArray.from_arrays(pa.array(offsets), json_of(array.flatten()))
        text = pc.binary_join_element_wise("[", pc.binary_join(items, ","), "]", "")
    elif pa.types.is_string(array.type):
        escaped = array
        for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
            escaped = pc.replace_substring(escaped, sign, written)
        text = pc.binary_join_element_wise('"', escaped, '"', "")
    else:
        text = array.cast(pa.string())
    return pc.if_else(array.is_valid(), text, "null")


def write(folder: Path, documents: int, *, lines: bool = True) -> tuple[Path, ...]:
    """Writes the corpus as Parquet (zstd level 1, 4096 rows a group) and as JSONL, unless it is there already.

    Args:
        folder: where the files are, beside the waivers that they need.
        documents: how many articles.
        lines: whether JSONL is written as well: it takes eighteen times the room and most of the time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parquet, jsonl = (folder / f"articles-{documents}.{ending}" for ending in ("parquet", "jsonl"))
    asked = (parquet, jsonl) if lines else (parquet,)
    if all(file.exists() for file in asked):
        return asked
    # Its entities and utterances have no registries.
    (folder / "waivers.json").write_text('[{"code": "SP512", "reason": "A made corpus names nothing that there is."}]')
    parts = [file.with_suffix(f"{file.suffix}.part") for file in asked]
    with ExitStack() as stack:
        writer = pq.ParquetWriter(parts[0], Schema.article().arrow, compression="zstd", compression_level=1)
        stack.enter_context(writer)
        opened = [stack.enter_context(part.open("wb")) for part in parts[1:]]
        for batch in batches(documents):
            writer.write_batch(batch, row_group_size=ROWS)
            for file in opened:
                json = json_of(batch.to_struct_array())
                file.write(b"".join(line.as_buffer().to_pybytes() + b"\n" for line in json))
    for part, file in zip(parts, asked, strict=True):
        part.replace(file)
    return asked


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]), int(sys.argv[2]), lines="--parquet" not in sys.argv[3:]):
        print(path)
