"""Which channels a client may subscribe to, and in which words it is refused the others."""

from urllib.parse import unquote_plus

from crm_sync.localorg.org import Org
from crm_sync.localorg.soql.pushed import Watched
from crm_sync.localorg.streaming.channels import Channel
from crm_sync.localorg.streaming.subscribers import Filters

DENIED = "403:denied_by_security_policy:{}_denied"
KINDS = frozenset(("topic", "u", "event", "data"))


class Refused(Exception):
    """A message that is answered with an error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def _absent(name: str) -> Refused:
    return Refused(f"400::The channel you requested to subscribe to does not exist {{{name}}}")


def _filters(text: str, watched: Watched) -> Filters:
    """Read the conditions behind a topic's name."""
    known = {name.lower(): name for name in watched.selected}
    pairs = [each.partition("=") for each in text.split("&") if each]
    unknown = [name for name, _sign, _value in pairs if unquote_plus(name).lower() not in known]
    if unknown:
        fields = ", ".join(unknown)
        raise Refused(f"400::Query fields {{{fields}}} do not exist on the topic entity")
    return tuple(
        (known[unquote_plus(name).lower()], unquote_plus(value).strip("'\""))
        for name, _sign, value in pairs
    )


def _check_access(org: Org, watched: Watched) -> None:
    owner = org.visible.find(watched.owner)
    if owner is None:
        raise Refused("403::Subscriber does not have access to the entity in this topic")
    if any(owner.find(name) is None for name in watched.tested):
        raise Refused(
            "403::Subscriber does not have access to all fields referenced in the where clause "
            "of the PushTopic"
        )


def _topic(org: Org, name: str) -> tuple[Channel, Filters]:
    if org.visible.find("PushTopic") is None:
        raise Refused("403::User not enabled for streaming")
    base, _mark, conditions = name.partition("?")
    found = org.recorded.find(base)
    if found is None or found.name != base:
        raise _absent(base)
    watched = org.topics.watched(org.recorded.query(found))
    if watched is None:
        raise _absent(base)
    _check_access(org, watched)
    return found, _filters(conditions, watched)


def _generic(org: Org, name: str) -> Channel:
    if org.visible.find("StreamingChannel") is None:
        raise Refused("403::No access on channel")
    found = org.recorded.find(name)
    if found is None:
        raise Refused("404::Unknown channel")
    if found.name != name:
        raise Refused("404::channel names may not vary only by case")
    return found


def _published(org: Org, name: str) -> Channel:
    found = org.channels.find(name)
    if found is not None:
        return found
    if name.startswith("/data/"):
        raise Refused("400::The channel specified is not valid")
    raise _absent(name)


def channel_of(org: Org, wish: object) -> tuple[Channel, Filters]:
    """Return the channel that a client names, with the conditions it sets."""
    # A name in half letters, which no database takes, is the name of nothing.
    name = wish.encode("utf-8", "replace").decode() if isinstance(wish, str) else ""
    if not name:
        raise Refused("400::Channel name not specified")
    if not name.startswith("/"):
        raise Refused("400::Channel subscriptions must start with a leading '/'")
    kind = name.split("/")[1]
    if kind not in KINDS or "*" in name.partition("?")[0]:
        raise Refused(DENIED.format("create"))
    if kind == "topic":
        return _topic(org, name)
    return (_generic if kind == "u" else _published)(org, name), ()
