"""What the guide says is what the code does."""

from pathlib import Path

import pytest

from crm_sync.localorg.emulated import markdown
from crm_sync.localorg.faults import KINDS

GUIDE = Path(__file__).parents[3] / "docs" / "local-org.md"


@pytest.mark.req("ORG-01")
def test_the_guide_holds_the_table_of_what_is_emulated():
    assert markdown() in GUIDE.read_text()


def test_the_guide_explains_every_fault():
    text = GUIDE.read_text()

    assert [kind for kind in sorted(KINDS) if f"`{kind}`" not in text] == []
