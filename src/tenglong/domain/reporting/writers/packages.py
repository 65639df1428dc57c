"""Office files are zip archives; these are archives that depend on their content alone."""

import io
import shutil
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
FIRST = "[Content_Types].xml"


def repack(archive: bytes, compression: int) -> bytes:
    """The same archive with fixed dates and attributes, and members in a fixed order.

    With `ZIP_STORED` the bytes are equal on every machine; with `ZIP_DEFLATED` only where zlib is the same.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", compression) as new,
    ):
        for name in sorted(old.namelist(), key=lambda name: (name != FIRST, name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type = compression
            member.create_system = 0
            with old.open(name) as source, new.open(member, "w") as target:
                shutil.copyfileobj(source, target)
    return out.getvalue()
