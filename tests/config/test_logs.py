import pytest

from config import logs


@pytest.mark.req("SEC-17")
@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("mail to asha.rao+shop@example.co.in bounced", "mail to *** bounced"),
        ("called +91 98450 12345 twice", "called *** twice"),
        ("called 9845012345", "called ***"),
        ("order 260315-7XQ2MB of 1234.50", "order 260315-7XQ2MB of 1234.50"),
        ("GET /p/brass-lamp/ 200", "GET /p/brass-lamp/ 200"),
        ("at 2026-03-15T10:15:30Z", "at 2026-03-15T10:15:30Z"),
    ],
)
def test_a_log_line_shows_no_address_and_no_phone(line, written):
    assert logs.masked(line) == written


def test_the_mask_reaches_into_lists_and_objects():
    assert logs.masked({"to": ["a@example.com", 3]}) == {"to": ["***", 3]}


def test_what_the_logger_needs_for_itself_stays():
    record = object()

    line = logs.mask_personal_data(None, "info", {"_record": record, "event": "a@example.com"})

    assert line == {"_record": record, "event": "***"}
