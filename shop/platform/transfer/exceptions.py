"""What can be wrong with a file before any of its rows is looked at."""


class FileRefused(Exception):
    """The file cannot be imported at all; nothing was written."""


class MappingRefused(Exception):
    """The mapping file does not fit the format; nothing was read."""
