"""Putting values into statements safely."""

ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}


def format_soql(value: str, *, wildcards: bool = False) -> str:
    """Return a text as a SOQL literal; with wildcards its backslashes are already escapes."""
    table = {key: text for key, text in ESCAPES.items() if not (wildcards and key == "\\")}
    return "'" + "".join(table.get(char, char) for char in value) + "'"
