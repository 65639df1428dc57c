"""A problem as one JSON file, whatever it was read from: what the checker reads."""

from pathlib import Path

from pydantic import ValidationError

from tenglong.domain.roadmap.files.content import content_of, plain_bytes
from tenglong.domain.roadmap.files.mmkp import as_json
from tenglong.domain.roadmap.files.problems import bytes_of, table_paths
from tenglong.domain.roadmap.problems.format import ProblemSpec, not_valid


def single(path: Path, form: str) -> bytes:
    """The bytes of a file that says the same; a JSON file without tables is itself.

    Raises:
        BadFile: it cannot be read, or is not in the form.
    """
    if form == "mmkp":
        return as_json(path)
    raw = bytes_of(path)
    content = content_of(raw, path.name)
    if not isinstance(content, dict) or not isinstance(content.get("firms"), dict):
        return raw
    from tenglong.domain.roadmap.problems.tables import firm_rows

    try:
        spec = ProblemSpec.model_validate(content)
    except ValidationError as error:
        raise not_valid(path.name, error, content) from None
    rows = firm_rows(*table_paths(spec, path.name, path.parent))
    return plain_bytes({**content, "firms": rows, "measures": None})
