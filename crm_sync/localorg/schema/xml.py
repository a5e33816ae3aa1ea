"""Reading metadata XML safely, as plain dictionaries of lists."""

from lxml import etree

from crm_sync.localorg.errors import SalesforceError

SANE_BYTES = 10_000_000
PARSER_OPTIONS = {"resolve_entities": False, "no_network": True, "load_dtd": False}


def parse(text: bytes) -> etree._Element:
    """Parse XML without entities, network or document types."""
    # A zip inside a message may be one text longer than the parser takes for sane.
    parser = etree.XMLParser(**PARSER_OPTIONS, huge_tree=len(text) > SANE_BYTES)
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SalesforceError("INVALID_XML", f"The XML cannot be read: {error}") from error


def local(element: etree._Element) -> str:
    """Return a tag's name without its namespace; comments and the like have none."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the direct children of that name."""
    return [
        each for each in element.iterchildren() if isinstance(each.tag, str) and local(each) == name
    ]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child of that name."""
    return next(iter(children(element, name)), None)


def text(element: etree._Element, name: str, default: str = "") -> str:
    """Return the text of a child."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else default


def flag(element: etree._Element, name: str, *, default: bool = False) -> bool:
    """Return a child's truth value."""
    return text(element, name, "true" if default else "false") == "true"
