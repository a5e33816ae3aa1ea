"""Business settings of operations."""

from datetime import timedelta

from shop.core import options
from shop.core.options import DURATION, INT, Option


def register() -> None:
    """Declare when the store counts as unwell."""
    options.register(
        Option(
            "operations.worker_silence",
            DURATION,
            timedelta(seconds=120),
            minimum=timedelta(seconds=5),
            maximum=timedelta(hours=1),
            help="How long no worker may be seen before the store reports that it is not ready.",
        ),
        Option(
            "operations.queue_age",
            DURATION,
            timedelta(minutes=10),
            minimum=timedelta(seconds=30),
            maximum=timedelta(days=1),
            help="How long a wake-up may wait before the store reports that it is not ready.",
        ),
        Option(
            "operations.disk_mb",
            INT,
            200,
            minimum=0,
            help="Free space in MB below which the store reports that it is not ready.",
        ),
    )
