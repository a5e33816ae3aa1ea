"""Signing in with an account that somebody has elsewhere: nothing is offered until it is set up."""

from typing import Any
from urllib.parse import urlsplit

import environ

GOOGLE = "https://accounts.google.com"
App = dict[str, Any]


def apps(env: environ.Env) -> list[App]:
    """The providers whose client is named in the environment: Google, and any by OpenID Connect."""
    found = []
    if client := env("GOOGLE_CLIENT_ID", default=""):
        found.append(_app("google", "Google", GOOGLE, client, env("GOOGLE_CLIENT_SECRET")))
    if client := env("OPENID_CLIENT_ID", default=""):
        name, server = env("OPENID_NAME", default="OpenID"), env("OPENID_SERVER_URL")
        found.append(_app("openid", name, server, client, env("OPENID_CLIENT_SECRET")))
    return found


def _app(provider_id: str, name: str, server: str, client: str, secret: str) -> App:
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": server.rstrip("/"), "oauth_pkce_enabled": True},
    }


def origins(found: list[App]) -> list[str]:
    """Where the sign-in buttons lead: browsers follow a form to no other host unless told."""
    parts = [urlsplit(app["settings"]["server_url"]) for app in found]
    return [f"{part.scheme}://{part.netloc}" for part in parts]
