import secrets

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config import guards
from shop.core import options

SAFE = {
    "DEBUG": False,
    "DEMO": "",
    "ALLOWED_HOSTS": ["shop.example.com"],
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "PAYMENTS_TEST_GATEWAY": False,
}


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    settings.SECRET_KEY = secrets.token_urlsafe(64)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    return settings


def _codes():
    return [problem.code for problem in guards.problems()]


@pytest.mark.req("SEC-10")
@pytest.mark.django_db
def test_safe_settings_pass(production, capsys):
    call_command("check_production")

    assert "fit for production" in capsys.readouterr().out


@pytest.mark.req("SEC-09", "SEC-10")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("SECRET_KEY", "change-me", "SECRET_KEY"),
        ("SECRET_KEY", "django-insecure-" + "k3J_" * 20, "SECRET_KEY"),
        ("SECRET_KEY", "x" * 80, "SECRET_KEY"),
        ("SECRET_KEY", "short-but-random-9f3a", "SECRET_KEY"),
        ("FIELD_ENCRYPTION_KEYS", [], "FIELD_ENCRYPTION_KEYS"),
        ("FIELD_ENCRYPTION_KEYS", ["change-me"], "FIELD_ENCRYPTION_KEYS"),
        ("FIELD_ENCRYPTION_KEYS", ["A" * 43 + "="], "FIELD_ENCRYPTION_KEYS"),
        ("DEBUG", True, "DEBUG"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
        ("SECURE_SSL_REDIRECT", False, "HTTPS"),
        ("SECURE_HSTS_SECONDS", 0, "HTTPS"),
        ("SESSION_COOKIE_SECURE", False, "HTTPS"),
        ("X_FRAME_OPTIONS", "SAMEORIGIN", "HTTPS"),
        (
            "CONTENT_SECURITY_POLICY",
            {
                "DIRECTIVES": {
                    "default-src": ["'self'"],
                    "script-src": ["'unsafe-inline'"],
                    "style-src": ["'self'"],
                }
            },
            "CONTENT_SECURITY_POLICY",
        ),
        ("CONTENT_SECURITY_POLICY", {}, "CONTENT_SECURITY_POLICY"),
        ("PAYMENTS_TEST_GATEWAY", True, "PAYMENTS_TEST_GATEWAY"),
    ],
)
def test_one_unsafe_setting_is_named_and_the_command_fails(production, capsys, name, value, code):
    setattr(production, name, value)

    assert _codes() == [code]
    with pytest.raises(SystemExit) as ended:
        call_command("check_production")
    assert ended.value.code == 1
    assert f"store.{code}" in capsys.readouterr().out


@pytest.mark.req("SEC-09")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"), [("SECRET_KEY", "change-me"), ("FIELD_ENCRYPTION_KEYS", ["change-me"])]
)
def test_the_web_process_does_not_start_with_an_example_value(production, name, value):
    setattr(production, name, value)

    with pytest.raises(ImproperlyConfigured, match=name):
        guards.refuse_unsafe_start()


@pytest.mark.django_db
def test_the_web_process_starts_with_safe_settings(production):
    guards.refuse_unsafe_start()


@pytest.fixture
def staff_mfa(monkeypatch):
    """The option as its owner would have set it."""

    def choose(value):
        option = options.Option(
            key=guards.STAFF_MFA,
            kind=options.CHOICE,
            default=value,
            choices=("required", "optional"),
        )
        monkeypatch.setitem(options._declared, guards.STAFF_MFA, option)

    return choose


@pytest.mark.req("SEC-03", "SEC-10")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("demo", "hosts", "starts"),
    [
        ("full", ["127.0.0.1", "localhost"], True),
        ("small", ["127.0.0.1"], True),
        ("empty", ["127.0.0.1"], False),
        ("", ["127.0.0.1"], False),
        ("full", ["127.0.0.1", "shop.example.com"], False),
        ("full", ["*"], False),
    ],
)
def test_an_optional_second_factor_is_for_a_demo_store_on_loopback_only(
    production, staff_mfa, demo, hosts, starts
):
    staff_mfa("optional")
    production.DEMO, production.ALLOWED_HOSTS = demo, hosts

    assert (guards.STAFF_MFA not in _codes()) is starts
    if not starts:
        with pytest.raises(ImproperlyConfigured, match="staff could sign in"):
            guards.refuse_unsafe_start()


@pytest.mark.django_db
def test_a_required_second_factor_is_right_everywhere(production, staff_mfa):
    staff_mfa("required")

    assert _codes() == []
