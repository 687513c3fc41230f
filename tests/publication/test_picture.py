"""The picture of an article: well-formed, without markup of the text."""

from xml.etree import ElementTree

from spanproof.publication.picture import picture
from spanproof.schema.schema import article


def test_the_picture_is_well_formed_and_holds_no_foreign_markup() -> None:
    text = 'A <script>alert("&amp;")</script> said 互联网 so. ' * 4
    entity = {"id": "e1", "start": 2, "end": 10, "text": "", "label": 0, "entity_id": None}
    drawn = picture({"id": "<x>", "text": text, "entities": [entity], "quotes": [], "dates": []}, article())
    tree = ElementTree.fromstring(drawn)
    assert not [node for node in tree.iter() if node.tag.endswith("script")]
    words = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert '<script>alert("&amp;")</script>' in words
