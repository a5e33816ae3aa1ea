"""The files of components that consist of several: code, bundles, resources, documents."""

import base64
import sqlite3

from lxml import etree

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.kinds import kinds
from crm_sync.localorg.schema.source import DESCRIPTION, Component

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
Key = tuple[str, str]
Files = dict[str, bytes]


def whole(key: Key, files: Files) -> Component:
    """Return the component that some files make up; its body is its description."""
    described = next((body for path, body in files.items() if path.endswith(DESCRIPTION)), b"")
    body = described or f'<{key[0]} xmlns="{NAMESPACE}"/>'.encode()
    component = Component(*key, body)
    component.element()
    return component


def place(component: Component, files: Files) -> str:
    """Return the file or folder that stands for a component."""
    kind = kinds()[component.kind]
    if kind.is_bundle:
        return f"{kind.folder}/{component.name}"
    shown = (path for path in sorted(files) if not path.endswith(DESCRIPTION))
    return next(shown, next(iter(sorted(files)), ""))


def apart(component: Component, file: str) -> Files:
    """Return the files of a component that came in one piece: its content and its description."""
    element = component.element()
    content = xml.child(element, "content")
    if content is None:
        return {f"{file}{DESCRIPTION}": component.body}
    element.remove(content)
    try:
        body = base64.b64decode(content.text or "")
    except ValueError:
        body = (content.text or "").encode()
    return {file: body, f"{file}{DESCRIPTION}": etree.tostring(element)}


def read(connection: sqlite3.Connection, key: Key) -> Files:
    """Return the files that are kept of a component."""
    sql = "SELECT path, body FROM _file WHERE kind = ? AND name = ? ORDER BY path"
    return dict(connection.execute(sql, key).fetchall())


def keep(connection: sqlite3.Connection, key: Key, files: Files) -> None:
    """Keep a component's files in place of those it had."""
    forget(connection, key)
    rows = [(*key, path, body) for path, body in files.items()]
    connection.executemany("INSERT INTO _file VALUES (?, ?, ?, ?)", rows)


def forget(connection: sqlite3.Connection, key: Key) -> None:
    """Forget the files of a component."""
    connection.execute("DELETE FROM _file WHERE kind = ? AND name = ?", key)
