"""Where recorded values came from: the file that an import read, by the name its uploader gave it."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenglong.store.models import Import

Source = Mapping[str, Any]


def file_names(sources: Iterable[Source]) -> dict[int, str]:
    """The names of the files that `sources` (import, sheet, cell) speak of, by the number of the import."""
    ids = {source["import"] for source in sources if source.get("import")}
    return dict(Import.objects.filter(pk__in=ids).values_list("pk", "filename")) if ids else {}


def named(source: Source, names: Mapping[int, str]) -> dict[str, Any]:
    """`source` with the name of its file beside it."""
    file = names.get(source.get("import", 0), "")
    return {**source, "file": file} if file else dict(source)
