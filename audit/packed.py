"""Content made smaller before it is sealed, since no database can compress what is.

How long something sealed is tells as before roughly how much it says, and now also how alike its parts are:
nobody who can add to it is told its length, so nothing can be guessed from that.
"""

from __future__ import annotations

import zlib

from audit.errors import VaultError

_PACKED, _AS_IT_IS = b"z", b"-"
_WORTH_PACKING = 512
"""Bytes from which on it is worth the time."""


def pack(content: bytes) -> bytes:
    """The content behind a byte that says how it is kept."""
    if len(content) < _WORTH_PACKING:
        return _AS_IT_IS + content
    return _PACKED + zlib.compress(content, 1)


def unpack(packed: bytes) -> bytes:
    """The content again. Raises VaultError for what was not packed here."""
    how, content = packed[:1], packed[1:]
    if how == _AS_IT_IS:
        return content
    if how != _PACKED:
        raise VaultError("Det förseglade innehållet är packat på ett sätt som det här programmet inte kan.")
    try:
        return zlib.decompress(content)
    except zlib.error as error:
        raise VaultError("Det förseglade innehållet går inte att packa upp.") from error
