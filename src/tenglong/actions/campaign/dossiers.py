"""Making the dossier of a case: one bag that the site signs."""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import transaction

from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.site_key import seed_after
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.dossiers import (
    Dossier,
    digests_of,
    signed_tags_of,
    statement_of,
    tags_of,
    texts_of,
)
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.ledger.checker import in_bag_order, manifest_of, text_of
from tenglong.domain.ledger.signing import public_key, sign
from tenglong.domain.reporting.dossiers import dossier_document
from tenglong.domain.reporting.writers.docx import write_docx
from tenglong.domain.reporting.writers.packages import EPOCH
from tenglong.queries.campaign.dossiers import dossier_of
from tenglong.queries.checkpoints import last_checkpoint
from tenglong.queries.files import whole
from tenglong.store.models import Case

PAPER = "dossier.docx"
TEXTS = (".json", ".txt", ".toml", ".py")


def make_dossier(*, actor: Actor, at: datetime, case: Case, out: IO[bytes]) -> Dossier:
    """Write the bag of a case into `out`, and leave a line in the trail; a checkpoint is taken where the last one does
    not reach the case's last entry.

    Raises:
        NotAllowed: the person may not look there; NotFound: nothing was recorded of the case; BadFile: a file is gone
        or changed; Conflict: the key that signs is not there.
    """
    actor.check_may(Permission.EXPORT, case.place_id)
    with transaction.atomic():
        dossier = _dossier(case, actor, at)
        leave(by=actor.name, at=at, deed="make_dossier", about=f"case:{case.pk}", entries=len(dossier.facts))
    texts = texts_of(dossier, {PAPER: write_docx(dossier_document(dossier))})
    files = {path: whole(file.digest, file.name) for path, file in dossier.files.items()}
    sizes = {name: len(text) for name, text in texts.items()}
    sizes |= {path: file.size for path, file in dossier.files.items()}
    manifest = manifest_of(digests_of(texts) | {path: file.digest for path, file in dossier.files.items()})
    tags = signed_tags_of(dossier, manifest, sizes)
    _write(out, texts | tags_of(tags, _signature(dossier, tags)), files)
    return dossier


def dossier_file(*, actor: Actor, at: datetime, case: Case) -> tuple[IO[bytes], str]:
    """The same as an open file that nobody else sees, at its beginning, and what it is called."""
    out: IO[bytes] = tempfile.TemporaryFile()
    try:
        made = make_dossier(actor=actor, at=at, case=case, out=out)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out, made.subject.file_name


def _dossier(case: Case, actor: Actor, at: datetime) -> Dossier:
    point = last_checkpoint()
    if point is None or "next_key" in point.head:  # the key that signs now has signed no checkpoint yet
        take_checkpoint(at=at)
    try:
        return dossier_of(case, at=at, by=actor.name)
    except Conflict:
        take_checkpoint(at=at)
        return dossier_of(case, at=at, by=actor.name)


def _signature(dossier: Dossier, tags: Mapping[str, bytes]) -> dict[str, object]:
    """The site's word for the bag, under the key that signed the checkpoint in it."""
    about = statement_of(dossier, tags)
    seed = seed_after(dossier.checkpoint["head"], dossier.checkpoint["key"])
    return {"about": about, "key": public_key(seed), "signature": sign(seed, text_of(about))}


def _write(out: IO[bytes], texts: Mapping[str, bytes], files: Mapping[str, Path]) -> None:
    """The members in the order of a bag: equal content gives equal bytes; texts are packed, files are not."""
    with zipfile.ZipFile(out, "w") as archive:
        for name in in_bag_order([*texts, *files]):
            member = zipfile.ZipInfo(name, EPOCH)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            if name in files:
                with files[name].open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target)
            else:
                packed = zipfile.ZIP_DEFLATED if name.endswith(TEXTS) else zipfile.ZIP_STORED
                archive.writestr(member, texts[name], packed)
