"""Many at once, with real threads and a connection each."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def all_at_once(work, count):
    """Call `work(number)` from `count` threads that start together; answer what they answered."""
    gate = Barrier(count)

    def one(number):
        gate.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
