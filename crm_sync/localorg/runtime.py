"""The one org that this process serves."""

from crm_sync.localorg.org import Org

_SERVED: list[Org] = []


def install(org: Org) -> None:
    """Serve this org from now on."""
    _SERVED[:] = [org]


def current() -> Org:
    """Return the org that is being served."""
    return _SERVED[0]
