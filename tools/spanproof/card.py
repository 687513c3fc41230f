"""The hand-written text of the dataset card; braces are filled with what is computed."""

TEXT = """
# istanbul-talks

{articles} news articles ({characters:,} characters) of different origin and quality, two of them machine-translated
and one paraphrased, about one diplomatic event: the talks between the United States and Russia in Istanbul in
February 2025. Each is annotated by stand-off: entities, quotations and dates name a place in the text and never
change it. Version {version}.

```python
from datasets import load_dataset

articles = load_dataset("./dataset", split="test")
article = articles[0]
for entity in article["entities"]:
    assert article["text"][entity["start"]:entity["end"]] == entity["text"]
```

Offsets are Unicode code points, half open. The texts are the bytes as published: not normalised, not trimmed. One
holds a decomposed u + U+0308, one Chinese characters, two begin with a space, several have unbalanced quotation marks.

## Content

| layer | annotations | by label |
| --- | --- | --- |
{counts}

The registries behind the identifiers: {registries}.

## Fields

{fields}

## How it was made

The annotations are machine-made: two passes by a large language model, each over every layer without sight of the
other, then adjudicated by a language model against written guidelines, with a last reading for misses. No person has
reviewed them. Every span, reference and date passes the checks of spanproof. The two passes come from the same model,
so that their agreement says little about the truth.

## Limits and bias

Five articles on one event can rank systems only roughly. Two texts are machine translations with garbled names and
sentences; they stay as they are and are annotated as they stand. The reports repeat what one side of a war and its
negotiations said; the corpus records who is reported to have said what, not whether it is so.

## Rights

The texts belong to their publishers and are here for research. The annotations are under CC BY 4.0, the code under
Apache-2.0.
"""
