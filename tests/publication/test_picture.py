"""The picture of an article: well-formed, without markup of the text."""

from xml.etree import ElementTree

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.publication.documents import Documents
from spanproof.publication.picture import Picture


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
