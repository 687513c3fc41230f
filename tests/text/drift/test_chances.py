"""What looks proved where a text tells little: rivals that a search of whole texts doesn't meet."""

from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Placement
from spanproof.text.drift.pool import Annotated, explain_all


def is_proved(placement: Placement) -> bool:
    return placement.level == "proved"


def test_two_spans_of_a_frequent_name_prove_no_model() -> None:
    text = "王芳;55芳;33\n王芳;6\n王芳;55\n王芳;7\n王芳;99\n王芳;1"
    assert not any(map(is_proved, explain(text, [(11, 13, "王芳"), (22, 24, "王芳")]).placements))


def test_a_right_span_is_moved_only_where_enough_wrong_ones_are() -> None:
    names = ("Vala", "Oslo", "Kemal", "Porto", "Riga", "Dina", "Halden", "Lea", "Max")
    text = " said & ".join(names) + " said & Ana    Ana."
    at = text.index("Ana")
    agrees = (at + 7, at + 10, "Ana")
    wrong = [(text.index(name) + 7, text.index(name) + 7 + len(name), name) for name in names]
    assert explain(text, [*wrong[:6], agrees]).placements[-1].place is None
    assert explain(text, [*wrong, agrees]).placements[-1].place == (at, at + 3)


def test_two_annotations_are_not_proved_to_belong_to_one_place() -> None:
    names = ("Vala", "Oslo", "Kemal", "Porto", "Riga", "Dina", "Halden", "Lea", "Max")
    text = " said ".join(names)
    spans = [(text.index(name) + 3, text.index(name) + 3 + len(name), name) for name in names]
    once, twice = explain(text, spans), explain(text, [*spans, spans[4]])
    assert all(map(is_proved, once.placements))
    assert [k for k, one in enumerate(twice.placements) if not is_proved(one)] == [4, 9]


def test_one_span_in_each_list_does_not_tell_which_line_it_is_of() -> None:
    lists = ["\n\n".join(f"1) {name}{'!' * k}" for name in ("Ana", "Bob", "Ana")) for k in range(12)]
    documents = [Annotated(text, [(0, 3, "Ana")], [("", "")]) for text in lists]
    assert not any(is_proved(one) for found in explain_all(documents) for one in found.placements)
    prose = [f"{'so ' * k}1) Ana met Bob in the town" for k in range(12)]
    known = [Annotated(text, [(text.index("Ana") - 3, text.index("Ana"), "Ana")], [("", "")]) for text in prose]
    assert all(is_proved(one) for found in explain_all(known) for one in found.placements)
