"""The supervised process: one cluster of workers that does not outlive its supervisor."""

import os
import select
import signal
import sys

from django_q.cluster import Cluster

_STEP_SECONDS = 0.5


def serve() -> int:
    """Run the workers until asked to stop, or until the supervisor's end of the pipe closes."""
    cluster = Cluster()
    cluster.start()
    pipe = sys.stdin.fileno()
    while cluster.sentinel.is_alive():
        readable, _, _ = select.select([pipe], [], [], _STEP_SECONDS)
        if readable and not os.read(pipe, 1):
            # Nobody watches any more: leave no orphans that would share the queue unseen.
            os.killpg(os.getpgrp(), signal.SIGKILL)
    return 0 if cluster.sentinel.exitcode == 0 else 1
