"""Figures for a monitor; each package registers its own, and they are read when one asks."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

logger = logging.getLogger(__name__)
Reader = Callable[[datetime], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure, or one for each value of a label."""

    name: str
    text: str
    read: Reader
    label: str = ""


_gauges: dict[str, Gauge] = {}


def register(name: str, text: str, read: Reader, *, label: str = "") -> None:
    """Add figures by label value; a single figure goes by the empty text."""
    _gauges[name] = Gauge(name, text, read, label)


def read_all(now: datetime) -> Iterator[tuple[Gauge, Mapping[str, float]]]:
    """Read every gauge; one that cannot be read is left out, so that the others can be seen."""
    for gauge in _gauges.values():
        try:
            yield gauge, gauge.read(now)
        except DatabaseError:
            logger.warning("Gauge %s could not be read", gauge.name)
