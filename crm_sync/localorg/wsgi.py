"""The doors of the process: the protocol for clients, Django for the pages people look at."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from crm_sync.localorg import entry
from crm_sync.localorg.bulk import classic, register
from crm_sync.localorg.messages import Call
from crm_sync.localorg.org import Org
from crm_sync.localorg.packing import packed
from crm_sync.localorg.runtime import install
from crm_sync.localorg.server import REASONS, Environ

PROTOCOL = ("/services/", "/soap/wsdl", "/_local/", "/id/", "/cometd")
HTML_DOORS = ("/services/oauth2/authorize",)


def path_of(environ: Environ) -> str:
    """Return the asked path; the CLI keeps an instance address that ends with a slash."""
    path: str = environ["localorg.path"]
    return f"/{path.lstrip('/')}" if path.startswith("//") else path


def call_of(org: Org, environ: Environ) -> Call:
    """Return the call inside a WSGI environment."""
    headers = dict(environ["localorg.headers"])
    headers["x-peer"] = environ["REMOTE_ADDR"]
    return Call(
        org=org,
        method=environ["REQUEST_METHOD"],
        path=path_of(environ),
        query=environ["QUERY_STRING"],
        headers=headers,
        body=environ["localorg.body"],
        upload=environ.get("localorg.upload"),
        host=f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}",
    )


def _resume(org: Org) -> None:
    """Go on with the jobs that the records tell of."""
    register.resume(org)
    classic.resume(org)


def application(org: Org) -> Callable[[Environ, Callable[..., Any]], Iterable[bytes]]:
    """Return the WSGI application of one org."""
    install(org)
    _resume(org)
    org.after_restore.append(lambda: _resume(org))
    pages = WSGIHandler()

    def serve(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = path_of(environ)
        if not path.startswith(PROTOCOL) or path.startswith(HTML_DOORS):
            org.present.origin = org.present.client = org.present.user_id = ""
            org.present.on_page, org.present.method = True, environ["REQUEST_METHOD"]
            return pages(environ, start)
        answer = entry.answer(call_of(org, environ))
        environ["localorg.drop"] = answer.drop
        fields = [("Content-Type", answer.content_type), *answer.headers.items()]
        if answer.pieces is not None:
            start(f"{answer.status} {REASONS.get(answer.status, 'Unknown')}", fields)
            return answer.pieces
        body = answer.body()
        smaller = packed(body, environ["localorg.headers"].get("accept-encoding", ""))
        if smaller is not None:
            fields.append(("Content-Encoding", "gzip"))
        start(f"{answer.status} {REASONS.get(answer.status, 'Unknown')}", fields)
        return [body if smaller is None else smaller]

    return serve
