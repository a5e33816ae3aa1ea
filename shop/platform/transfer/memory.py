"""How much memory this process has needed at most."""

import resource
import sys

_KIB_PER_MB = 1024


def peak_rss_mb() -> float:
    """The high-water mark of this process in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts in bytes, everyone else in KiB.
    kib = peak / 1024 if sys.platform == "darwin" else peak
    return round(kib / _KIB_PER_MB, 1)
