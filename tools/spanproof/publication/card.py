"""The dataset card: the YAML that ``datasets`` and the Hub read, and the page that people read."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import regex

from spanproof.publication import facts
from spanproof.publication.configs import Config
from spanproof.schema.node import Node
from spanproof.schema.paths import Registries

GENERATED = "<!-- Written by `spanproof build`"
_BODY = Path(__file__).with_name("card.md")
_LAYERS = (("zones", "type"), ("entities", "label"), ("quotes", "type"), ("dates", "type"), ("damage", "type"))
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
TOLD = ("agreement", "leaderboard")
"""What the card tells and the articles don't: between comments of these names."""
QUICKSTART = """\
from datasets import load_dataset

article = load_dataset("./dataset", split="test")[0]
print(article["id"], len(article["text"]), "characters")

entities = load_dataset("./dataset", "entities", split="test")
for entity in entities.select(range(3)):
    assert article["text"][entity["start"]:entity["end"]] == entity["text"]  # code points, half open
    print(entity["label_name"], entity["text"], entity["entity_id"])"""


def card(
    configs: Sequence[Config],
    files: Mapping[str, bytes],
    registries: Registries,
    version: str,
    told: Mapping[str, str],
) -> str:
    """The card of a dataset whose Parquet files are given; ``told`` are pieces of Markdown by the names in TOLD."""
    import yaml

    articles = configs[0].table
    languages = sorted({tag.split("-")[0] for tag in articles["language"].to_pylist()})
    body = Template(_BODY.read_text("utf-8")).substitute(
        version=version,
        repository=facts.REPOSITORY,
        articles=articles.num_rows,
        characters=f"{sum(map(len, articles['text'].to_pylist())):,}",
        sentences=next(config.table.num_rows for config in configs if config.name == "tokens"),
        languages=", ".join(languages),
        quickstart=QUICKSTART,
        printed="\n".join(_printed(configs)),
        oddities=_oddities(articles["text"].to_pylist()),
        configs="\n".join(_overview(configs)),
        counts="\n".join(_counts(configs[0])),
        by_article="\n".join(_by_article(configs[0])),
        registries=", ".join(f"{len(entries)} {name}" for name, entries in sorted(registries.items())),
        fields="\n".join(line for config in configs for line in _fields(config)),
        **{each: told.get(each, "").strip() or "Nothing has been measured yet." for each in TOLD},
        citation=citation(version),
    )
    settings = yaml.safe_dump(_settings(configs, files, languages, version), sort_keys=False, allow_unicode=True)
    return f"---\n{settings}---\n{body}"


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1M")


def citation(version: str) -> str:
    """How the dataset is cited."""
    return f"{facts.CREATOR}: {facts.NAME}, version {version}. {facts.HOME}"


def _settings(
    configs: Sequence[Config], files: Mapping[str, bytes], languages: Sequence[str], version: str
) -> Mapping[str, Any]:
    rows = max(config.table.num_rows for config in configs)
    return {
        "language": languages,
        **facts.CARD,
        "size_categories": [size_category(rows)],
        "configs": [_config(config, files, version) for config in configs],
        "dataset_info": [_info(config, files) for config in configs],
    }


def _config(config: Config, files: Mapping[str, bytes], version: str) -> Mapping[str, Any]:
    default = {"default": True} if config.name == "articles" else {}
    return {
        "config_name": config.name,
        **default,
        "version": version,
        # Hashed into the cache key of datasets, so that a rebuilt folder is never served from an old cache.
        "description": f"sha256:{hashlib.sha256(files[config.path]).hexdigest()[:16]}",
        "data_files": [{"split": "test", "path": f"data/{config.name}/test-*"}],
    }


def _info(config: Config, files: Mapping[str, bytes]) -> Mapping[str, Any]:
    import datasets

    features = datasets.Features.from_arrow_schema(config.table.schema)
    size = config.table.nbytes
    return {
        "config_name": config.name,
        "features": features._to_yaml_list(),
        "splits": [{"name": "test", "num_bytes": size, "num_examples": config.table.num_rows}],
        "download_size": len(files[config.path]),
        "dataset_size": size,
    }


def _oddities(texts: Sequence[str]) -> str:
    """What may surprise in the texts, and in how many of them."""
    counts = {
        "not in the normal form NFC": sum(not unicodedata.is_normalized("NFC", text) for text in texts),
        "with Chinese characters": sum(bool(regex.search(r"\p{Han}", text)) for text in texts),
        "beginning with a space": sum(text.startswith(" ") for text in texts),
    }
    return ", ".join(f"{n} of {len(texts)} {what}" for what, n in counts.items())


def _printed(configs: Sequence[Config]) -> list[str]:
    """What the quick start prints."""
    first = configs[0].table.slice(0, 1).to_pylist()[0]
    lines = [f"{first['id']} {len(first['text'])} characters"]
    entities = next(config.table for config in configs if config.name == "entities").slice(0, 3).to_pylist()
    return lines + [f"{e['label_name']} {e['text']} {e['entity_id']}" for e in entities]


def _overview(configs: Sequence[Config]) -> list[str]:
    lines = ["| configuration | rows | a row |", "| --- | --- | --- |"]
    return lines + [f"| `{c.name}` | {c.table.num_rows} | {c.title} |" for c in configs]


def label_counts(articles: Config, layer: str, member: str) -> Mapping[str, int]:
    """How many annotations of a layer have each label, most frequent first."""
    if layer not in articles.table.schema.names:
        return {}
    names = articles.schema.nodes[(layer, "*", member)].enum
    ids = articles.table[layer].combine_chunks().flatten().field(member).to_pylist()
    return dict(sorted(Counter(names[k] for k in ids).items(), key=lambda item: (-item[1], item[0])))


def layers(articles: Config) -> Mapping[str, Mapping[str, int]]:
    """The labels of every layer with their numbers."""
    return {layer: label_counts(articles, layer, member) for layer, member in _LAYERS}


def _counts(articles: Config) -> list[str]:
    rows = (
        (layer, sum(n.values()), ", ".join(f"{k} {v}" for k, v in n.items())) for layer, n in layers(articles).items()
    )
    return [f"| {layer} | {total} | {labels} |" for layer, total, labels in rows]


def _by_article(articles: Config) -> list[str]:
    held = [layer for layer, _ in _LAYERS if layer in articles.table.schema.names]
    lines = [f"| article | created | characters | {' | '.join(held)} |", f"| --- | --- |{' --- |' * (len(held) + 1)}"]
    for row in articles.table.to_pylist():
        counts = " | ".join(str(len(row[layer] or ())) for layer in held)
        lines.append(f"| `{row['id']}` | {row['dct']['value']} | {len(row['text']):,} | {counts} |")
    return lines


def _fields(config: Config) -> list[str]:
    lines = [f"### {config.name}", "", "| field | type | meaning |", "| --- | --- | --- |"]
    for column in config.table.schema:
        lines += _field(config.schema.root.fields[column.name], column.type, column.name)
    return [*lines, ""]


def _field(node: Node, kind: Any, name: str) -> list[str]:
    values = node.enum if node.kind == "string" else None
    type_ = f"label: {', '.join(str(v) for v in values if v is not None)}" if values else node.kind
    shown = [f"| `{name}` | {type_}{' or null' if node.nullable else ''} | {node.description} |"]
    if node.items is not None:
        name, node, kind = f"{name}[]", node.items, kind.value_type
        if node.kind != "object":
            return shown
    if node.kind == "object":
        shown += [line for f in kind for line in _field(node.fields[f.name], f.type, f"{name}.{f.name}")]
    return shown
