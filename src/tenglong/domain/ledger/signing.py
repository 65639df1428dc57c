"""Signing with Ed25519 (RFC 8032); checking a signature is `checker.signed`, which needs no library either.

A site signs some checkpoints a day, in a process of its own that answers nobody, so that how long it takes tells
nothing to anybody.
"""

import hashlib

from tenglong.domain.ledger.checker import BASE, ORDER, encode, hashed, multiply


def public_key(seed: bytes) -> str:
    """The public key that belongs to the 32 secret bytes of a site, 64 hexadecimal digits."""
    return encode(multiply(_halves(seed)[0], BASE)).hex()


def sign(seed: bytes, message: bytes) -> str:
    """The signature of the holder of `seed` under `message`, 128 hexadecimal digits; the same each time."""
    scalar, prefix = _halves(seed)
    public = encode(multiply(scalar, BASE))
    number = hashed(prefix, message)
    first = encode(multiply(number, BASE))
    second = (number + hashed(first, public, message) * scalar) % ORDER
    return (first + second.to_bytes(32, "little")).hex()


def _halves(seed: bytes) -> tuple[int, bytes]:
    """The secret number, with the bits set that RFC 8032 sets, and what makes each signature's own number."""
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return (number & (1 << 254) - 8) | 1 << 254, digest[32:]
