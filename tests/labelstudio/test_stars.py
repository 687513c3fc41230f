"""Stars that are given from the command line: one a document, all of them or none, and what can't be found is said."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.cli.labelstudio import labelstudio
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio import client
from spanproof.labelstudio.pull import pull
from spanproof.labelstudio.push import push
from spanproof.labelstudio.server import Server
from spanproof.labelstudio.stars import give
from spanproof.labelstudio.status import status
from support.labelstudio_server import Person
from support.labelstudio_tasks import ANA

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label-studio")]
TITLE = "Stars"


@pytest.fixture(scope="module")
def stars(label_studio: Server) -> Callable[[], dict[str, list[Any]]]:
    """A project of three documents, of which Ana annotated one and Ben and Ana another; returns who has stars."""
    owner, ana, ben = (Person.of(label_studio, who and f"{who}@localhost.test") for who in (None, "ana", "ben"))
    corpus = Corpus.of([sound(id=name, entities=[ANA]) for name in "abc"])
    project = push(corpus, owner.sdk, check, title=TITLE, overlap=2).project
    assert project is not None
    there = {task["data"]["id"]: task for task in client.fetch(project)}
    result = there["a"]["annotations"][0]["result"]
    for name, person in (("a", ana), ("b", ben), ("b", ana), ("b", ana)):
        person.annotate(there[name]["id"], result)

    def starred() -> dict[str, list[Any]]:
        return {
            task["data"]["id"]: [each["completed_by"] for each in task["annotations"] if each["ground_truth"]]
            for task in client.fetch(project)
        }

    return starred


def star(server: Server, *choices: str, **environment: str) -> Result:
    variables = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": server.token} | environment
    result = CliRunner().invoke(labelstudio, ["star", *choices, "--project", TITLE], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.mark.parametrize(
    ("choices", "code", "says"),
    [
        (["a=ben@localhost.test"], 1, "error[no-version] a: ben@localhost.test has no annotation of it; expected"),
        (["c=ben@localhost.test"], 1, "c: ben@localhost.test has no annotation of it; expected sent"),
        (["z=ana@localhost.test"], 1, "error[no-task] z: its task is not there"),
        (["a=ana@localhost.test", "z=sent"], 1, "no star is given"),
        (["a"], 2, "expected DOCUMENT=PERSON"),
        (["=x"], 2, "expected DOCUMENT=PERSON"),
        (["a="], 2, "expected DOCUMENT=PERSON"),
        (["a=x", "a=y"], 2, "expected one star a document"),
        ([], 2, "Missing argument"),
    ],
)
def test_what_can_t_be_starred_is_said_and_nothing_is(
    label_studio: Server, stars: Callable[[], dict[str, list[Any]]], choices: list[str], code: int, says: str
) -> None:
    before = stars()
    told = star(label_studio, *choices)
    assert (told.exit_code, says in told.output) == (code, True), told.output
    assert stars() == before


def test_who_changed_what_was_sent_keeps_the_credit_under_the_star(label_studio: Server) -> None:
    owner, ben = Person.of(label_studio), Person.of(label_studio, "ben@localhost.test")
    corpus = Corpus.of([sound(id="a", entities=[ANA])])
    project = push(corpus, owner.sdk, check, title="Credit").project
    assert project is not None
    (task,) = client.fetch(project)
    sent = task["annotations"][0]["id"]
    ben.edit(sent, lambda result: [{**one, "value": {**one["value"], "labels": ["ORG"]}} if one["type"] == "labels"
                                   else one for one in result])  # fmt: skip
    for _ in range(2):
        assert give(owner.sdk, corpus.schema, {"a": ben.email}, "Credit").findings == ()
        (decision,) = pull(corpus, owner.sdk, check, "Credit").decisions
        assert (decision.person, decision.decided_by, decision.changed_since) == (ben.email, owner.email, False)
    ana = Person.of(label_studio, "ana@localhost.test")
    ana.edit(sent, lambda result: [one for one in result if one["type"] != "labels"])
    (decision,) = pull(corpus, owner.sdk, check, "Credit").decisions
    assert (decision.person, decision.decided_by) == (ana.email, owner.email)
    assert (decision.changed_since, decision.touched_by) == (True, ana.email)
    assert give(owner.sdk, corpus.schema, {"a": ana.email}, "Credit").added == 1
    (decision,) = pull(corpus, owner.sdk, check, "Credit").decisions
    assert (decision.person, decision.decided_by, decision.changed_since) == (ana.email, owner.email, False)


def test_work_that_is_in_the_corpus_keeps_its_credit_after_another_push(label_studio: Server) -> None:
    owner, ben = Person.of(label_studio), Person.of(label_studio, "ben@localhost.test")
    corpus, title = Corpus.of([sound(id="a", entities=[ANA])]), "Credit after a push"
    project = push(corpus, owner.sdk, check, title=title).project
    assert project is not None
    (task,) = client.fetch(project)
    ben.edit(task["annotations"][0]["id"], lambda _: [])
    taken = pull(corpus, owner.sdk, check, title).over(corpus)
    for _ in range(2):
        assert taken.batches[0].document(0)["entities"] == []
        assert push(taken, owner.sdk, check, title=title).findings == ()
        pulled = pull(taken, owner.sdk, check, title)
        assert [decision.person for decision in pulled.decisions] == [ben.email]
        assert pulled.over(taken).batches[0].document(0) == taken.batches[0].document(0)
        people = status(taken, owner.sdk, title).people
        assert {who: work.done for who, work in people.items()} == {ben.email: 1}
    assert give(owner.sdk, taken.schema, {"a": ben.email}, title).added == 1
    (decision,) = pull(taken, owner.sdk, check, title).decisions
    assert (decision.person, decision.decided_by, decision.changed_since) == (ben.email, owner.email, False)
    other = Corpus.of([sound(id="a", entities=[{**ANA, "label": "ORG", "entity_id": "ana-silva"}])])
    assert push(other, owner.sdk, check, title=title).findings == ()
    assert ben.email not in {one.person for one in pull(other, owner.sdk, check, title).decisions}


def test_a_star_moves_and_the_last_annotation_of_a_person_has_it(
    label_studio: Server, stars: Callable[[], dict[str, list[Any]]]
) -> None:
    owner, ana, ben = (Person.of(label_studio, who and f"{who}@localhost.test") for who in (None, "ana", "ben"))
    assert "stars: 3 given, 0 there" in star(label_studio, f"a={ana.email}", f"b={ben.email}", "c=sent").output
    assert stars() == {"a": [ana.number], "b": [ben.number], "c": [owner.number]}
    assert "stars: 1 given, 1 there" in star(label_studio, f"b={ana.email}", "c=sent").output
    assert stars() == {"a": [ana.number], "b": [ana.number], "c": [owner.number]}
    assert "stars: 0 given, 1 there" in star(label_studio, f"b={ana.email}").output
