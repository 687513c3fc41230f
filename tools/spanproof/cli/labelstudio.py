"""``spanproof labelstudio``."""

import click

from spanproof.cli.commands import Commands

_PLACES = {
    "demo": ("labelstudio_demo:demo", "Start a private server with a corpus in it, to try."),
    "config": ("labelstudio_config:config", "Print the labeling config that a schema gives."),
    "push": ("labelstudio_push:push", "Send a corpus to a project."),
    "status": ("labelstudio_status:status", "Show how far a project is: its tasks, annotations and people."),
    "star": ("labelstudio_star:star", "Choose whose annotation of a document counts."),
    "pull": ("labelstudio_pull:pull", "Show what annotators changed, and apply it."),
    "export": ("labelstudio_export:export", "Write a corpus as files for a Label Studio that you have."),
    "import": ("labelstudio_import:import_", "Show and apply what comes back as a file."),
    "serve": ("labelstudio_serve:serve", "Predict for annotators: an ML backend with a system behind it."),
}


@click.group(cls=Commands, places=_PLACES)
def labelstudio() -> None:
    """Annotate in Label Studio: send a corpus there, and bring it back corrected without losing anything.

    \b
    spanproof labelstudio demo           a private server with the corpus in it, to try
    spanproof labelstudio push           the corpus into a project of a server
    spanproof labelstudio pull           what annotators changed; --write writes it

    LABEL_STUDIO_URL is the address of the server and LABEL_STUDIO_API_KEY the token (on its page Account & Settings). A
    document is recognised by its identifier and the hash of its text, never by an id of Label Studio. PATH is a corpus
    (.jsonl, .parquet, .json, a folder); without it, the corpus of the repository that you are in.
    """
