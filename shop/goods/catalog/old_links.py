"""Keeping old addresses alive after a slug or a path has changed."""

from collections.abc import Mapping

from shop.goods.catalog.models import OldAddress


def remember(*, kind: str, moved: Mapping[str, tuple[str, str]]) -> None:
    """Note for each key that it moved from an old slug to a new one."""
    changed = {key: pair for key, pair in moved.items() if pair[0] and pair[0] != pair[1]}
    if not changed:
        return
    olds = [old for old, _ in changed.values()]
    news = [new for _, new in changed.values()]
    # A slug in use again leads to its new owner, not to whoever had it before.
    OldAddress.objects.filter(kind=kind, slug__in=[*olds, *news]).delete()
    OldAddress.objects.bulk_create(
        OldAddress(kind=kind, slug=old, target_key=key) for key, (old, _) in changed.items()
    )
