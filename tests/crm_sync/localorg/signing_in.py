"""How an application asks the local org for a token."""

import requests

BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def ask(org, **form):
    return requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=10)


def client(org):
    return {name: org.credentials[name] for name in ("client_id", "client_secret")}


def user_of(org):
    name = org.credentials["username"]
    return org.query(f"SELECT Id FROM User WHERE Username = '{name}'")[0]["Id"]
