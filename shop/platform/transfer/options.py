"""Business settings of imports."""

from shop.core import options
from shop.core.options import INT, Option


def register() -> None:
    """Declare how much of a file is taken."""
    options.register(
        Option(
            "import.max_file_mb",
            INT,
            500,
            minimum=1,
            maximum=10_000,
            help="Largest file an import takes, in MB, measured unpacked.",
        ),
        Option(
            "import.max_cell_characters",
            INT,
            100_000,
            minimum=1_000,
            maximum=10_000_000,
            help="Longest row an import takes, in characters, all its cells together.",
        ),
        Option(
            "import.upload_hours",
            INT,
            24,
            minimum=1,
            maximum=720,
            help="How long an uploaded file waits for its confirmation before it is deleted.",
        ),
        Option(
            "import.errors_days",
            INT,
            90,
            minimum=1,
            maximum=3_650,
            help="How long the lists of rejected rows are kept for download.",
        ),
    )
