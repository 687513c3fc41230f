"""The picture of an article: well-formed, without markup of the text."""

import re
from xml.etree import ElementTree

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.publication.documents import Documents
from spanproof.publication.picture import Picture
from spanproof.schema.schema import Schema
from spanproof.viewer.articles import layers
from spanproof.viewer.hues import turns


def test_the_picture_is_well_formed_and_holds_no_foreign_markup() -> None:
    text = 'A <script>alert("&amp;")</script> said 互联网 so. ' * 4
    entity = {"id": "e1", "start": 2, "end": 10, "text": "", "label": "PERSON", "entity_id": None}
    corpus = Corpus.of([sound(id="<x>", text=text, entities=[entity])])
    picture = Picture.of(Documents.of(corpus, "article"), ["entities"])
    assert picture is not None
    tree = ElementTree.fromstring(picture.svg())
    assert not [node for node in tree.iter() if node.tag.endswith("script")]
    words = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert '<script>alert("&amp;")</script>' in words


def test_a_label_turns_the_hue_of_its_layer_as_in_the_reader() -> None:
    names = [("Ana Silva", "PERSON"), ("Rio", "GPE"), ("TASS", "ORG")]
    text = "Ana Silva left Rio for TASS."
    entities = [
        {"id": f"e{k}", "start": text.index(words), "end": text.index(words) + len(words), "text": words}
        | {"label": label, "entity_id": None}
        for k, (words, label) in enumerate(names)
    ]
    schema = Schema.article()
    picture = Picture.of(Documents.of(Corpus.of([sound(text=text, entities=entities)]), "article"), ["entities"])
    assert picture is not None
    drawn = picture.svg()
    (layer,) = (layer for layer in layers(schema) if layer.node.place == ("entities", "*"))
    classes = {f"h{layer.number}" + (f" t{turn}" if (turn := turns(layer)[label]) else "") for _, label in names}
    assert len(classes) == 3
    assert set(re.findall(r'<rect [^>]*class="([^"]*) box"', drawn)) == classes
    for name in classes:
        assert f".{name.replace(' ', '.')}{{fill:" in drawn  # light and dark, each with a rule
