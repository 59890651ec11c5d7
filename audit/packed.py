"""Content made smaller before it is kept: what is sealed, since no database can compress that, and the large
entries of the log, which not every database does.

How long something sealed is tells as before roughly how much it says, and now also how alike its parts are:
nobody who can add to it is told its length, so nothing can be guessed from that.

What is packed is an ordinary zlib stream, and zlib reads it. ISA-L writes it, in a quarter of the time that
zlib takes at its quickest, and smaller.
"""

from __future__ import annotations

import zlib

from isal import isal_zlib

from audit.errors import VaultError

_PACKED, _AS_IT_IS = b"z", b"-"
_WORTH_PACKING = 512
"""Bytes from which on it is worth the time."""
_LARGE = 4096
"""Bytes from which on an entry of the log is packed; whoever looks in the table can read the others."""
_CHECKED = b"z"
"""How a packed entry begins. No leaf does: it is a JSON object."""
_LARGEST = 1 << 27
"""Bytes that are unpacked of an entry; none can be so large."""


def pack(content: bytes) -> bytes:
    """The content behind a byte that says how it is kept."""
    if len(content) < _WORTH_PACKING:
        return _AS_IT_IS + content
    return _PACKED + _packed(content)


def _packed(content: bytes) -> bytes:
    return isal_zlib.compress(content, isal_zlib.ISAL_DEFAULT_COMPRESSION)


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


def pack_leaf(leaf: bytes) -> bytes:
    """A leaf as its table keeps it: small ones as they are, large ones behind a sum of what is kept, so that
    every bit counts."""
    if len(leaf) < _LARGE:
        return leaf
    kept = _packed(leaf)
    return _CHECKED + zlib.crc32(kept).to_bytes(4) + kept


def unpack_leaf(kept: bytes) -> bytes:
    """The leaf again. What nobody has packed here is given back as it is: no entry has its hash."""
    if not isinstance(kept, bytes) or not kept.startswith(_CHECKED):
        return kept
    packed, how = kept[5:], zlib.decompressobj()
    if zlib.crc32(packed).to_bytes(4) != kept[1:5]:
        return kept
    try:
        leaf = how.decompress(packed, _LARGEST)
    except zlib.error:
        return kept
    return leaf if how.eof and not how.unused_data else kept
