"""What pushes at once sent twice: one of each stays, whoever looks and in whatever order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanproof.labelstudio.doubles import Sent, doubles
from spanproof.labelstudio.to_task import SENT_ID

PUSHES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=12)


def task(number: int, name: str, **members: Any) -> dict[str, Any]:
    return {"id": number, "data": {"id": name}, "annotations": [], "predictions": [], **members}


@given(PUSHES, st.data())
def test_of_the_tasks_of_a_document_one_stays(names: list[str], data: st.DataObject) -> None:
    tasks = [task(number, name) for number, name in enumerate(names, 1)]
    owners = [data.draw(st.integers(0, 2)) for _ in names]
    for pusher in data.draw(st.permutations(range(3))):
        own = [number for number, owner in enumerate(owners, 1) if owner == pusher]
        gone = set(doubles(tasks, Sent(own)).tasks)
        assert gone <= set(own)
        tasks = [one for one in tasks if one["id"] not in gone]
    assert sorted(one["data"]["id"] for one in tasks) == sorted(set(names))


@given(PUSHES, PUSHES)
def test_of_equal_gold_and_predictions_the_first_stays(golds: list[str], versions: list[str]) -> None:
    annotations = [{"id": k, "import_id": SENT_ID, "result": [{"id": name}]} for k, name in enumerate(golds)]
    human = [{**annotation, "id": annotation["id"] + 100, "import_id": None} for annotation in annotations]
    predictions = [{"id": k, "model_version": name, "result": []} for k, name in enumerate(versions)]
    tasks = [task(1, "x", annotations=[*annotations, *human], predictions=predictions)]
    sent = Sent((), range(200), range(200))
    gone = doubles(tasks, sent)
    assert sorted(gone.annotations) == [k for k, name in enumerate(golds) if name in golds[:k]]
    assert sorted(gone.predictions) == [k for k, name in enumerate(versions) if name in versions[:k]]
    assert doubles(tasks, Sent()) == Sent()
