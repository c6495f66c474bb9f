"""Cursors: how far a copy has come, packed into a word that only we read. It belongs to one question."""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from mapapp.directory.sync import LONG_AGO, Point

# microseconds, id, microseconds, digest of the question
FORM: Final = struct.Struct(">q16sq8s")
DIGEST_BYTES: Final = 8


class WrongCursorError(ValueError):
    """A word that is no cursor, or one of another question."""


def written(point: Point, question: str) -> str:
    """The cursor of a point in the changes that answer ``question``."""
    packed = FORM.pack(
        _microseconds(point.changed_at), point.listing_id.bytes, _microseconds(point.has_until), _digest(question)
    )
    return urlsafe_b64encode(packed).decode().rstrip("=")


def read(cursor: str, question: str) -> Point:
    """The point that a cursor means. Raises WrongCursorError."""
    try:
        changed_at, listing_id, has_until, digest = FORM.unpack(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        point = Point(_moment(changed_at), UUID(bytes=listing_id), _moment(has_until))
    except (binascii.Error, struct.error, OverflowError, ValueError) as error:
        raise WrongCursorError("the word is no cursor") from error
    if digest != _digest(question):
        raise WrongCursorError("the cursor belongs to another question")
    return point


def _digest(question: str) -> bytes:
    return blake2b(question.encode(), digest_size=DIGEST_BYTES).digest()


def _microseconds(moment: datetime) -> int:
    return (moment - LONG_AGO) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return LONG_AGO + timedelta(microseconds=microseconds)
