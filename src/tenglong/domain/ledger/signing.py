"""Signing with Ed25519 (RFC 8032); checking a signature is `checker.signed`, which needs no library."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def public_key(seed: bytes) -> str:
    """The public key that belongs to the 32 secret bytes of a site, 64 hexadecimal digits."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(seed: bytes, message: bytes) -> str:
    """The signature of the holder of `seed` under `message`, 128 hexadecimal digits; the same each time."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message).hex()
