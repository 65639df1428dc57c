"""The schemes that ship with the program: real methods of places, each from its published document."""

from functools import cache
from importlib import resources

from tenglong.domain.evaluation.loading import read_scheme
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

PACKAGE = "tenglong.domain.evaluation.methods"


@cache
def shipped() -> dict[str, Scheme]:
    """Every shipped scheme by id, in the order of ids."""
    files = [file for file in resources.files(PACKAGE).iterdir() if file.name.endswith(".toml")]
    schemes = [read_scheme(file.name, file.read_bytes()) for file in files]
    return {scheme.id: scheme for scheme in sorted(schemes, key=lambda scheme: scheme.id)}


def shipped_scheme(id: str) -> Scheme:
    """The shipped scheme `id`.

    Raises:
        NotFound: there is no such scheme.
    """
    schemes = shipped()
    if id not in schemes:
        raise NotFound(msg("没有内置评价办法“{id}”，可用的有：{known}。", id=id, known=", ".join(schemes)))
    return schemes[id]
