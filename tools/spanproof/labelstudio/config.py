"""The labeling config of Label Studio from a schema: labels, attributes, relations, colours, hotkeys, hints.

One ``Labels`` control, since with several one region may get labels of each; a header for each layer. A control for a
member is shown by ``whenLabelValue``, and only on the labels of what has the member.
"""

import re
import string
from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from spanproof.labelstudio.aids import NO_AIDS, Aids, add_guidelines, add_list, without_aids
from spanproof.labelstudio.colours import palette
from spanproof.labelstudio.holders import title
from spanproof.labelstudio.layout import Control, Label, Layout
from spanproof.schema.schema import Schema

_STYLE = "".join(
    (
        ".lsf-htx-richtext,.lsf-richtext__line{white-space:pre-wrap;line-height:2.2}",
        # The handles of a region are areas, which a browser hides; as blocks they would stand on lines of their own.
        ".htx-highlight area{display:inline-block}",
        ".spanproof-labels{position:sticky;top:0;z-index:200;background:#fff;max-height:40vh;overflow:auto;"
        "border-bottom:1px solid #ccc}",
        ".spanproof-labels .lsf-labels{flex-wrap:wrap;align-items:center;gap:0 2px;margin:0!important}",
        ".spanproof-labels .lsf-label{font-size:12px;height:22px;line-height:20px;padding:0 6px;margin:1px!important}",
        ".spanproof-labels h4{flex-basis:100%;font-size:11px;line-height:14px;margin:2px 0 0!important}",
        ".spanproof-columns{display:flex;gap:16px;align-items:flex-start}",
        ".spanproof-text{flex:1 1 0;min-width:0;padding:10px 0 0 36px}",
        ".spanproof-about h4{font-size:12px;font-weight:normal}",
        ".spanproof-fields{flex:0 0 240px;position:sticky;top:36vh;max-height:60vh;overflow:auto}",
        ".spanproof-fields h4{font-size:13px;margin:6px 0 2px!important}",
        ".guidelines{margin:0 0 8px 36px}",
        ".guidelines h4{font-size:13px;line-height:1.5;font-weight:normal;white-space:pre-wrap;margin:0!important}",
    )
)
MARK = "spanproof"
"""The class of a config's root, by which a project is known to be ours."""
RESERVED = ("u",)
"""Single keys that Label Studio itself takes where a text is labelled: u unselects a region."""
_LETTERS = tuple(letter for letter in string.ascii_lowercase if letter not in RESERVED)
_KEYS = (*_LETTERS, *string.digits, *(f"shift+{letter}" for letter in string.ascii_lowercase))


def config(schema: Schema, aids: Aids = NO_AIDS) -> str:
    """Return the labeling config of a schema, XML; the same text for the same schema and aids.

    Args:
        schema: the schema.
        aids: what is shown beside what follows from the schema.

    Raises:
        SchemaError: the schema has spans of no text or of several.
    """
    layout = Layout.of(schema)
    view = Element("View", className=MARK)
    SubElement(view, "Style").text = _STYLE
    box = SubElement(view, "View", className="spanproof-labels")
    # Above the labels, where it stays in sight: who annotates a date needs that of the article.
    SubElement(SubElement(box, "View", className="spanproof-about"), "Header", value="$about", size="6")
    labels = SubElement(box, "Labels", name="span", toName="text", choice="single", showInline="true")
    colours = dict(zip((label.value for label in layout.labels), palette(len(layout.labels)), strict=True))
    keys = hotkeys(label.value for label in layout.labels)
    for layer, group in groupby(layout.labels, lambda label: label.place[0]):
        SubElement(labels, "Header", value=title(layer), size="6")
        for label in group:
            SubElement(labels, "Label", _label(label, colours[label.value], keys))
    add_guidelines(view, aids)
    columns = SubElement(view, "View", className="spanproof-columns")
    reading = SubElement(columns, "View", className="spanproof-text")
    SubElement(SubElement(reading, "View", className="spanproof-about"), "Header", value="$findings", size="6")
    text = {"name": "text", "value": "$text", "granularity": "symbol", "saveTextResult": "yes", "showLabels": "true"}
    SubElement(reading, "Text", text)
    fields = SubElement(columns, "View", className="spanproof-fields")
    for control in layout.controls:
        _add_control(fields, control, aids)
    if layout.relations:
        relations = SubElement(view, "Relations")
        for name in dict.fromkeys(link.name for link in layout.relations):
            SubElement(relations, "Relation", value=name)
    indent(view, " ")
    return tostring(view, encoding="unicode")


def is_ours(written: str) -> bool:
    """Return whether a labeling config carries our mark."""
    return bool(re.match(rf'\s*<View\s+className="{MARK}"\s*>', written))


def lost(old: str, new: str) -> list[str]:
    """Return the labels, choices, controls and relations of a labeling config that another one lacks.

    Args:
        old: the config that a project has, XML.
        new: the config that it gets.
    """
    named = re.compile(
        r"""<(Label|Choice|Relation|Labels|TextArea|Choices|Taxonomy)\s[^<>]*?\b(?:name|value)="([^"]*)\""""
    )
    kept = set(named.findall(without_aids(new)))
    old_names = named.findall(without_aids(old))
    return list(dict.fromkeys(f"{tag} {name}" for tag, name in old_names if (tag, name) not in kept))


def hotkeys(values: Iterable[str]) -> dict[str, str]:
    """Return a key for each label while there are some: a free letter of its own, else the next free key."""
    keys: dict[str, str] = {}
    for value in values:
        wanted = (*(c for c in value.lower() if c in _LETTERS), *_KEYS)
        key = next((key for key in wanted if key not in keys.values()), None)
        if key:
            keys[value] = key
    return keys


def _label(label: Label, colour: str, keys: dict[str, str]) -> dict[str, str]:
    """Return the attributes of a label's element."""
    optional = {"hotkey": keys.get(label.value, ""), "hint": _shortened(label.hint)}
    return {
        "value": label.value,
        "background": colour,
        "selectedColor": "#000000",
        **{name: value for name, value in optional.items() if value},
    }


def _add_control(view: Element, control: Control, aids: Aids) -> None:
    """Add a control and its title, which are shown on the regions that have one of its labels."""
    if control.kind == "taxonomy":
        add_list(view, control, aids)
        return
    about = {"name": control.name, "toName": "text", "perRegion": "true"}
    when = {"whenTagName": "span", "whenLabelValue": ",".join(control.labels)}
    # The title alone is wrapped: a save deletes what a control holds that a View hides.
    shown_with = SubElement(view, "View", {"visibleWhen": "region-selected"} | when)
    SubElement(shown_with, "Header", value=title(control.member), size="6")
    if control.kind == "textarea":
        more = {"maxSubmissions": "1", "editable": "true", "placeholder": _shortened(control.hint)}
        SubElement(view, "TextArea", about | when | more)
        return
    choices = SubElement(view, "Choices", about | when | {"choice": "single", "showInline": "true"})
    for shown in control.choices:
        SubElement(choices, "Choice", value=shown, hint=_shortened(control.hint))


def _shortened(hint: str) -> str:
    """Return a hint in one line, cut to 160 characters."""
    words = " ".join(hint.split())
    return words if len(words) <= 160 else words[:159] + "…"
