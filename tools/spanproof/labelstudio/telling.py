"""Findings back to the annotators, on their tasks' own pages: the Community edition has no comments."""

from collections.abc import Mapping

from spanproof.labelstudio import client
from spanproof.labelstudio.pull import Pull


def tell(pulled: Pull, project: client.Project) -> int:
    """Show on the page of each task what of its document is held back, and nothing more where nothing is.

    Nobody's annotation is touched, so that the credit for it stays.

    Args:
        pulled: what came of the project.
        project: the project.

    Returns:
        How many pages changed.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    by_task: Mapping[int, str] = pulled.told()
    data = {task.id: task.data for task in pulled.tasks.values()}
    with client.answered(client.url_of(project.sdk), sending=True):
        for number, words in by_task.items():
            project.sdk.tasks.update(str(number), data={**data[number], "findings": words})
    return len(by_task)
