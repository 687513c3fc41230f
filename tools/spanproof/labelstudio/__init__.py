"""Label Studio: a corpus into a project of a server, and back with what annotators changed, without loss.

``push``, ``pull`` and ``status`` take a corpus and the client of a server; ``config`` is the labeling config of a
schema. Offsets of Label Studio's text regions are Unicode code points, as spanproof's are.

    sdk = labelstudio.connect("http://127.0.0.1:8080", token)
    labelstudio.push(corpus, sdk, spanproof.check)
    pulled = labelstudio.pull(corpus, sdk)
"""

from spanproof.labelstudio.client import connect
from spanproof.labelstudio.config import config
from spanproof.labelstudio.pull import pull
from spanproof.labelstudio.push import push
from spanproof.labelstudio.status import status

__all__ = ["config", "connect", "pull", "push", "status"]
