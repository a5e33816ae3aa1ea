"""Job entry points of imports."""

from django.utils import timezone

from shop.platform.transfer import forgetting

FORGET_FILES = "shop.platform.transfer.tasks.forget_files"


def forget_files() -> int:
    """Delete files of imports that have had their time."""
    return forgetting.forget_files(now=timezone.now())
