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
    return {id: scheme for id, (scheme, _) in _files().items()}


def scheme_text(id: str) -> str:
    """The file of the shipped scheme `id`, word for word.

    Raises:
        NotFound: there is no such scheme.
    """
    return _files()[shipped_scheme(id).id][1]


@cache
def _files() -> dict[str, tuple[Scheme, str]]:
    files = [file for file in resources.files(PACKAGE).iterdir() if file.name.endswith(".toml")]
    read = [(read_scheme(file.name, raw), raw.decode()) for file in files for raw in [file.read_bytes()]]
    return {scheme.id: (scheme, text) for scheme, text in sorted(read, key=lambda pair: pair[0].id)}


def shipped_scheme(id: str) -> Scheme:
    """The shipped scheme `id`.

    Raises:
        NotFound: there is no such scheme.
    """
    schemes = shipped()
    if id not in schemes:
        raise NotFound(msg("没有内置评价办法“{id}”，可用的有：{known}。", id=id, known=", ".join(schemes)))
    return schemes[id]
