"""Encryption at rest: AES-256-GCM with a key id, and a keyed digest for secrets that are looked up."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12

_keys: dict[bytes, AESGCM] = {}
_current: list[bytes] = []
_digest_key: list[bytes] = []


def use_secret(secret_key: str) -> None:
    """Derive the keys from the product's secret. Called once at start; the newest secret encrypts."""
    secret = secret_key.encode()
    key = _derive(secret, b"rehab: data at rest")
    key_id = hashlib.sha256(key).digest()[:KEY_ID_BYTES]
    _keys[key_id] = AESGCM(key)
    _current[:] = [key_id]
    _digest_key[:] = [_derive(secret, b"rehab: digests")]


def encrypt(text: str, *, field: str) -> bytes:
    """Encrypt text for one field. The result carries version and key id."""
    return encrypt_bytes(text.encode("utf-8", "surrogatepass"), field=field)


def decrypt(data: bytes, *, field: str) -> str:
    """Decrypt what `encrypt` made. Raises KeyError for an unknown key and InvalidTag for a wrong field."""
    return decrypt_bytes(data, field=field).decode("utf-8", "surrogatepass")


def encrypt_bytes(content: bytes, *, field: str) -> bytes:
    """Encrypt the bytes of one field; with the row's id in `field` they fit no other row."""
    key_id = _current[0]
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + key_id + nonce + _keys[key_id].encrypt(nonce, content, field.encode())


def decrypt_bytes(data: bytes, *, field: str) -> bytes:
    """Decrypt what `encrypt_bytes` made. Raises KeyError for an unknown key, InvalidTag for a wrong field."""
    key_id = data[1 : 1 + KEY_ID_BYTES]
    start = 1 + KEY_ID_BYTES
    nonce, sealed = data[start : start + NONCE_BYTES], data[start + NONCE_BYTES :]
    return _keys[key_id].decrypt(nonce, sealed, field.encode())


def digest(secret: str) -> str:
    """A keyed digest (hex) under which a one-time secret such as an invite token is stored."""
    return hmac.new(_digest_key[0], secret.encode(), hashlib.sha256).hexdigest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret)
