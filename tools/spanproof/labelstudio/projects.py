"""The projects of a Label Studio server: found, made, given a config. One is ours by a mark in its config.

Pushes at once may make several of one title. None is ever deleted: Label Studio switches off its own bookkeeping while
it deletes a project, for everybody, and two deletions at once leave it off. A server whose database is locked for a
moment also repeats requests by itself, and so makes projects of which nobody is told. Instead every push and pull takes
the same one: of ours the one with tasks, and where none has any the oldest.
"""

from dataclasses import replace
from typing import Any

from spanproof.labelstudio.aids import NO_AIDS, Aids, with_aids_of, without_aids
from spanproof.labelstudio.client import ClientError, Project, answered, url_of
from spanproof.labelstudio.config import config, lost
from spanproof.labelstudio.guidelines import as_html
from spanproof.schema.schema import Schema

_SHORTEST, _LONGEST = 3, 50
"""How many characters Label Studio takes as the title of a project."""


def title_of(schema: Schema, title: str | None = None) -> str:
    """Return the title of a project: one of one's own, or that of a schema, as Label Studio takes it.

    Raises:
        ClientError: Label Studio takes no title of that length.
    """
    if title is not None:
        return kept_title(title)
    return str(schema.json.get("title") or "spanproof")[:_LONGEST].strip().ljust(_SHORTEST, "_")


def kept_title(title: str) -> str:
    """Return a title as Label Studio keeps it, without blanks around it.

    Raises:
        ClientError: Label Studio takes no title of that length.
    """
    kept = title.strip()
    if not _SHORTEST <= len(kept) <= _LONGEST:
        problem = f"the title of a project {kept!r} has {len(kept)} character{'s'[: len(kept) != 1]}"
        raise ClientError(f"{problem}; expected {_SHORTEST} to {_LONGEST}")
    return kept


def find(sdk: Any, title: str) -> Project | None:
    """Return the project with a title, None where there is none; one that is ours before those of others.

    Raises:
        ClientError: others have several, or we several with tasks, or the server can't be reached.
    """
    with answered(url_of(sdk)):
        titled = _titled(sdk, title)
        ours = [project for project in titled if project.is_ours]
        filled = [project for project in ours if sdk.projects.get(project.id).task_number] if len(ours) > 1 else ours
        candidates = filled or ours[:1] or titled
        if len(candidates) > 1:
            ids = ", ".join(str(project.id) for project in candidates)
            raise ClientError(f"{len(candidates)} projects at {url_of(sdk)} are called {title!r} ({ids}); expected one")
        spare = tuple(project.id for project in ours if project not in candidates)
        return replace(candidates[0], spare=spare) if candidates else None


def _titled(sdk: Any, title: str) -> list[Project]:
    """Return the projects with a title, the oldest first."""
    projects = [project for project in sdk.projects.list(title=title) if project.title == title]
    return [_project(sdk, project) for project in sorted(projects, key=lambda project: int(project.id))]


def existing(sdk: Any, title: str) -> Project:
    """Return the project with a title.

    Raises:
        ClientError: there is none, or several, or the server can't be reached.
    """
    project = find(sdk, title)
    if project is None:
        raise ClientError(f"there is no project {title!r}; push makes it, --project names another")
    return project


def open_project(
    sdk: Any,
    title: str,
    schema: Schema,
    aids: Aids = NO_AIDS,
    update_config: bool = False,
    force: bool = False,
) -> Project:
    """Return the project with a title, which is made if it isn't there.

    Its page shows the aids; of what they lack it shows what it has shown.

    Args:
        sdk: the client of the server.
        title: the title of the project.
        schema: the schema whose labeling config the project must have: the browser drops what a config doesn't have.
        aids: what the page shows beside what follows from the schema.
        update_config: whether a project with another config gets this one.
        force: whether also one that isn't ours, or whose annotations have what this config lacks.

    Raises:
        ClientError: it has another config, there are several projects, or the server can't be reached.
    """
    project = find(sdk, title) or create(sdk, title, schema, aids)
    wanted = with_aids_of(config(schema, aids), project.config)
    if without_aids(project.config) != without_aids(wanted):
        _demand_update(project, wanted, update_config, force)
    if project.config.strip() != wanted.strip():
        with answered(url_of(sdk)):
            sdk.projects.update(project.id, label_config=wanted)
    return project


def _demand_update(project: Project, wanted: str, update_config: bool, force: bool) -> None:
    """Refuse to give a project another config, unless that is asked for and spoils nothing, or is forced."""
    if not project.is_ours:
        reason, right = "was not made by spanproof", "--project with another title"
    elif not update_config:
        reason, right = "has another config than the schema's", "--update-config, or --project with another title"
    else:
        with answered(url_of(project.sdk)):
            annotations = project.sdk.projects.get(project.id).total_annotations_number or 0
        gone = lost(project.config, wanted)
        if not annotations or not gone:
            return
        reason = (
            f"holds {annotations} annotations, and the config lacks {', '.join(gone[:5])}{' ...' * (len(gone) > 5)}"
        )
        right = "to pull first"
    if not (update_config and force):
        more = "; --update-config --force gives it the schema's config all the same"
        raise ClientError(f"the project {project.title!r} ({project.address}) {reason}; expected {right}{more}")


def create(sdk: Any, title: str, schema: Schema, aids: Aids = NO_AIDS) -> Project:
    """Make a project with the labeling config of a schema, and return it, or the one that another push made before it.

    Args:
        sdk: the client of the server.
        title: the title of the project.
        schema: the schema.
        aids: what its page shows beside what follows from the schema.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    with answered(url_of(sdk)):
        description = str(schema.json.get("description") or schema.json.get("title") or "")
        created = sdk.projects.create(title=title, description=description, label_config=config(schema, aids))
    return find(sdk, title) or _project(sdk, created)


def _project(sdk: Any, project: Any) -> Project:
    address = f"{url_of(sdk)}/projects/{project.id}/data"
    return Project(
        project.id, project.title, address, project.label_config or "", project.maximum_annotations or 1, sdk
    )


def set_up(project: Project, overlap: int | None, instructions: str | None, draft: str | None = None) -> Project:
    """Return a project with other settings; what is None stays as it is.

    Args:
        project: the project.
        overlap: how many people are to annotate a task.
        instructions: what annotators are shown before they begin, Markdown or another text.
        draft: the version of a model whose predictions annotators begin with.

    Raises:
        ClientError: the server can't be reached or refuses.
    """
    settings: dict[str, Any] = {}
    if overlap is not None and overlap != project.overlap:
        settings |= {"maximum_annotations": overlap, "overlap_cohort_percentage": 100}
    if instructions is not None:
        settings |= {"expert_instruction": as_html(instructions), "show_instruction": True}
    if draft is not None:
        settings |= {"model_version": draft, "show_collab_predictions": True}
    if settings:
        with answered(url_of(project.sdk)):
            project.sdk.projects.update(project.id, **settings)
    return replace(project, overlap=overlap or project.overlap)
