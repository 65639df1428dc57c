"""Files of a form that was refused: kept on the server, so that a phone need not send them a second time.

The page carries only a signed reference to each; the content lies in the file store under its digest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from tenglong.actions.files import keep
from tenglong.domain.campaign.evidence import most_bytes
from tenglong.queries.files import path_of

SALT = "tenglong.evidence"
SECONDS = 24 * 3600
PIECE = 64 * 1024


@dataclass(frozen=True)
class KeptFile:
    """A file that has arrived; it can be handed to actions like a fresh upload."""

    name: str
    content_type: str
    digest: str
    size: int

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces."""
        with path_of(self.digest).open("rb") as source:
            while piece := source.read(PIECE):
                yield piece

    @property
    def token(self) -> str:
        """The reference that the page carries."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)


def keep_uploads(files: Iterable[UploadedFile]) -> list[KeptFile]:
    """Keep files that were checked already."""
    kept = []
    for file in files:
        digest, size = keep(file.chunks(), limit=most_bytes())
        kept.append(KeptFile(file.name or "", file.content_type or "", digest, size))
    return kept


def from_tokens(tokens: Iterable[str]) -> list[KeptFile]:
    """The files that an earlier page kept; references that were changed or are a day old are left out."""
    found = []
    for token in tokens:
        try:
            found.append(KeptFile(**signing.loads(token, salt=SALT, max_age=SECONDS)))
        except signing.BadSignature:
            continue
    return [file for file in found if path_of(file.digest).exists()]
