"""What no file of the tree may hold."""

import re

import pytest

from tests.architecture import tree

LONGEST = 400
NOT_OURS = ("static/vendor/", "assets/package-lock.json", "requirements/")
# Written in pieces, or this file would be the first to be found.
MACHINE_PATHS = re.compile(r"(?<![\w.\-/])/(?:work|farm|root|home/\w+|opt/(?:pypi|wheels))[/-]\w")
REGISTRIES = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.org"))
)
UNSAFE_TLS = re.compile(
    "|".join(
        (
            "verify *= *" + "False",
            "CERT_" + "NONE",
            "_create_" + "unverified_context",
            "check_hostname *= *" + "False",
            "disable_" + r"warnings\(",
        )
    )
)
SECRETS = {
    "private key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]"),
    "cloud key": re.compile(r"\bA(?:KI|SI)A[0-9A-Z]{16}\b"),
    "hosting token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{40,}"),
    "payment key": re.compile(r"\b[sr]k_live_[0-9A-Za-z]{16,}\b|\brzp_live_\w{10,}"),
    "Salesforce session": re.compile(r"\b00D[A-Za-z0-9]{12,15}![\w.]{20,}"),
    "chat token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "web token": re.compile(r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}"),
    "address with a password": re.compile(
        r"\b[a-z+]+://[^\s/:@{}'\"]+:(?!password@)[^\s/:@{}'\"]+@(?!127\.)"
    ),
}


def _findings(pattern, paths):
    return [
        f"{tree.name_of(path)}:{number}"
        for path in paths
        for number, line in enumerate(tree.text_of(path).splitlines(), start=1)
        if len(line) < 5000 and pattern.search(line)
    ]


def _ours():
    return [path for path in tree.tracked_files() if not tree.name_of(path).startswith(NOT_OURS)]


def test_no_module_is_longer_than_the_ceiling():
    long = [
        f"{tree.name_of(path)}: {lines}"
        for path in tree.tracked_files()
        if path.suffix in {".py", ".html", ".css", ".js"} and "vendor" not in path.parts
        if "migrations" not in path.parts
        if (lines := len(tree.text_of(path).splitlines())) > LONGEST
    ]

    assert long == []


def test_settings_stay_a_page_that_is_read_in_one_go():
    assert len(tree.text_of(tree.ROOT / "config" / "settings.py").splitlines()) < 250


def test_no_file_names_a_folder_of_the_machine_it_was_made_on():
    assert _findings(MACHINE_PATHS, _ours()) == []


def test_no_file_names_a_package_registry():
    assert _findings(REGISTRIES, tree.tracked_files()) == []


@pytest.mark.req("SEC-09")
@pytest.mark.parametrize("kind", SECRETS)
def test_no_file_holds_a_secret(kind):
    assert _findings(SECRETS[kind], tree.tracked_files()) == []


@pytest.mark.req("SEC-09")
def test_the_secret_scan_sees_what_it_looks_for():
    samples = {
        "private key": "-----BEGIN " + "PRIVATE KEY-----\nMIIE",
        "cloud key": "AKIA" + "ABCDEFGHIJKLMNOP",
        "hosting token": "ghp_" + "a" * 36,
        "payment key": "sk_live_" + "a" * 24,
        "Salesforce session": "00D" + "a" * 15 + "!AQ" + "x" * 30,
        "chat token": "xoxb-" + "1" * 12,
        "web token": ".".join(("eyJ" + "a" * 20, "eyJ" + "b" * 20, "c" * 20)),
        "address with a password": "postgres://store:hunter2" + "@db.example.com/store",
    }

    unseen = [kind for kind, pattern in SECRETS.items() if not pattern.search(samples[kind])]

    assert unseen == []


def test_certificates_are_always_checked():
    assert _findings(UNSAFE_TLS, _ours()) == []


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b")
    files = [path for path in _ours() if path.suffix in {".py", ".html", ".js", ".css", ".md"}]

    assert _findings(marks, files) == []


LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def test_no_page_of_the_documentation_links_into_nothing():
    dead = [
        f"{tree.name_of(path)} -> {target}"
        for path in tree.tracked_files()
        if path.suffix == ".md" and "vendor" not in path.parts
        for target in LINK.findall(tree.text_of(path))
        if not (path.parent / target).exists()
    ]

    assert dead == []


def test_every_variable_that_settings_read_is_in_the_example():
    read = set(
        re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', tree.text_of(tree.ROOT / "config/settings.py"))
    )
    example = tree.text_of(tree.ROOT / ".env.example")

    assert [
        name for name in sorted(read) if not re.search(rf"^#?{name}=", example, re.MULTILINE)
    ] == []
