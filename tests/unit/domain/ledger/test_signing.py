"""Signatures are those of RFC 8032: its own examples, and what OpenSSL says."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tenglong.domain.ledger.checker import signed
from tenglong.domain.ledger.signing import public_key, sign

EXAMPLES = [  # RFC 8032, 7.1: secret key, public key, message, signature
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


@pytest.mark.parametrize(("seed", "key", "message", "signature"), EXAMPLES)
def test_the_examples_of_the_standard(seed: str, key: str, message: str, signature: str) -> None:
    assert public_key(bytes.fromhex(seed)) == key
    assert sign(bytes.fromhex(seed), bytes.fromhex(message)) == signature
    assert signed(key, bytes.fromhex(message), signature)


@pytest.mark.parametrize("place", [0, 40, 64, 100, 127])
def test_another_signature_is_none(place: int) -> None:
    _, key, message, signature = EXAMPLES[1]
    other = signature[:place] + ("0" if signature[place] != "0" else "1") + signature[place + 1 :]
    assert not signed(key, bytes.fromhex(message), other)
    assert not signed(key, b"other", signature)
    assert (
        not signed("zz", b"", signature)
        and not signed(key, b"", "")
        and not signed("ff" * 32, b"", signature)
    )


def test_openssl_says_the_same(program: Callable[..., str], tmp_path: Path) -> None:
    openssl = program("openssl", "openssl")
    seed = bytes(range(32))
    (tmp_path / "key").write_bytes(PKCS8 + seed)
    (tmp_path / "message").write_bytes("台账".encode())
    command = [openssl, "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "key", "-in", "message"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    assert sign(seed, "台账".encode()) == found.hex()
