"""Messages of any content to those who listen to a streaming channel."""

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.messages import Answer, Call

OBJECT, PREFIX = "StreamingChannel", "0M6"
MOST_LETTERS = 3000
MOST_EVENTS = 100
EVERYBODY = -1


def _channel(call: Call, channel_id: str) -> tuple[str, str]:
    """Return the name of a channel and where its events are kept."""
    full = ids.normalize(channel_id)
    if call.org.visible.find(OBJECT) is None or full is None:
        raise not_found()
    with call.org.store.read() as connection:
        sql = "SELECT Name FROM StreamingChannel WHERE Id = ? AND IsDeleted = 0"
        row = connection.execute(sql, (full,)).fetchone()
    if row is None:
        raise not_found()
    return str(row[0]), f"/u/{full}"


def _read(event: object) -> tuple[str, list[str]]:
    """Return what is sent, and to which users; nobody named means everybody."""
    if not isinstance(event, dict) or not isinstance(event.get("payload"), str):
        raise parser_error("A push event needs a payload, which is text")
    payload = event["payload"]
    if len(payload) > MOST_LETTERS:
        message = f"payload: data value too large: {payload[:50]} (max length={MOST_LETTERS})"
        raise SalesforceError("STRING_TOO_LONG", message, ["payload"])
    named = event.get("userIds") or []
    if not isinstance(named, list):
        raise parser_error("userIds is a list")
    users = []
    for each in named:
        full = ids.normalize(str(each))
        if full is None or not full.startswith("005"):
            raise SalesforceError("MALFORMED_ID", f"User ID: id value of incorrect type: {each}")
        users.append(full)
    return payload, users


def _result(online: set[str], users: list[str]) -> dict[str, object]:
    if not users:
        return {"fanoutCount": EVERYBODY if online else 0, "userOnlineStatus": {}}
    status = {each: each in online for each in users}
    return {"fanoutCount": sum(status.values()), "userOnlineStatus": status}


def audience(call: Call, channel_id: str) -> Answer:
    """Return who listens to a channel."""
    name, source = _channel(call, channel_id)
    online = sorted(call.org.subscribers.online(source))
    return Answer({"OnlineUserIds": online, "ChannelName": name})


def push(call: Call, channel_id: str) -> Answer:
    """Send messages to a channel."""
    _name, source = _channel(call, channel_id)
    given = call.json_object().get("pushEvents")
    if not isinstance(given, list) or not given:
        raise parser_error("pushEvents is a list of events")
    if len(given) > MOST_EVENTS:
        raise SalesforceError("LIMIT_EXCEEDED", f"At most {MOST_EVENTS} events at once")
    events = [_read(each) for each in given]
    online = call.org.subscribers.online(source)
    present = clock.stamp().replace("+0000", "Z")
    with call.org.store.write() as connection:
        for payload, users in events:
            body = {"payload": payload, "users": users, "createdDate": present}
            call.org.events.append(connection, source, body)
        call.org.present.wrote += 1
        call.org.store.after_commit(call.org.journal.wrote)
    return Answer([_result(online, users) for _payload, users in events])
