"""Evidence as the entries state it, held against what is kept beside them and against the files themselves."""

from collections.abc import Iterator
from typing import NamedTuple

from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import StatedFile, files_of, proved_by
from tenglong.queries.files import digest_of
from tenglong.queries.ledger.fold import to_fact
from tenglong.store.models import Case, Entry, Evidence


class FileOf(NamedTuple):
    """A file as proof of an entry."""

    entry_id: int
    case_id: int
    file: StatedFile

    @classmethod
    def of(cls, fact: Fact, file: StatedFile) -> "FileOf":
        """The file as an entry states it."""
        return cls(proved_by(fact), fact.case_id, file)


def evidence_said(roster_id: int) -> Iterator[tuple[Fact, StatedFile]]:
    """Every file that an entry of the roster states, with the entry, in the order they were recorded."""
    rows = Entry.objects.filter(roster_id=roster_id, details__has_key="files").order_by("id")
    for row in rows.iterator(chunk_size=1000):
        fact = to_fact(row)
        for file in files_of(fact):
            yield fact, file


def differing_evidence(roster_id: int) -> tuple[set[FileOf], list[int]]:
    """Files that entries state and that are not kept; and the ids of what is kept and no entry states."""
    missing = {FileOf.of(fact, file) for fact, file in evidence_said(roster_id)}
    unproven: list[int] = []
    seen: set[FileOf] = set()
    cases = Case.objects.filter(roster_id=roster_id).values("id")
    for row in Evidence.objects.filter(case_id__in=cases).order_by("id").iterator(chunk_size=1000):
        file = StatedFile(row.digest, row.name, row.size, row.content_type)
        kept = FileOf(row.entry_id, row.case_id, file)
        if kept in missing and kept not in seen:
            seen.add(kept)
        else:
            unproven.append(row.pk)
    return missing - seen, unproven


def first_spoilt_file(roster_id: int) -> str:
    """The name of the first file of evidence that is gone or no longer what its digest says; "" when all are whole."""
    whole: set[str] = set()
    for _, file in evidence_said(roster_id):
        if file.digest not in whole:
            if digest_of(file.digest) != file.digest:
                return file.name
            whole.add(file.digest)
    return ""
