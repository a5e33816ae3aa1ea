"""Instants and dates in the forms that the wire uses."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

OFFSET = re.compile(r"([+-]\d\d):?(\d\d)\Z")


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def to_wire(moment: datetime) -> str:
    """Write an instant the way the REST API answers it."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def stamp(moment: datetime | None = None) -> str:
    """Write an instant cut to whole seconds, as audit fields carry it."""
    return _second(int((moment or now()).timestamp()))


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    """Write a second that many records of one transaction carry."""
    return to_wire(datetime.fromtimestamp(seconds, UTC))


def later(stamp_text: str, seconds: int) -> str:
    """Shift a stamp by some seconds."""
    return to_wire(parse_datetime(stamp_text) + timedelta(seconds=seconds))


def parse_datetime(text: str) -> datetime:
    """Read any ISO form that clients send; raise ValueError for anything else."""
    text = text.strip().replace(" ", "+") if " " in text else text.strip()
    if text.endswith(("Z", "z")):
        text = text[:-1] + "+00:00"
    text = OFFSET.sub(r"\1:\2", text)
    if "T" not in text:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_date(text: str) -> date:
    """Read a calendar date; a date with a time is cut to its day."""
    return date.fromisoformat(text.strip()[:10])


def milliseconds() -> int:
    """Return the Unix time in milliseconds."""
    return int(time.time() * 1000)


def parse_http(text: str) -> float | None:
    """Read a date of an HTTP header; nonsense counts as absent."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None
