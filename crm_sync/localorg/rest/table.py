"""Every REST resource in one place."""

from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest import (
    collections,
    composite,
    describe,
    query,
    sobjects,
    versions,
)
from crm_sync.localorg.rest.routes import Routes, split_version

ROUTES = Routes()


def dispatch(call: Call) -> Answer:
    """Answer a call inside an API version; refusals are raised."""
    found = split_version(call.path)
    rest = found[1] if found else call.path
    if found:
        versions.check(found[0])
    return ROUTES.find(rest, call.method)(call)


def _add(routes: Routes) -> None:
    routes.add("", GET=versions.resources)
    routes.add("/limits", GET=versions.limits)
    routes.add("/query", GET=query.get_query)
    routes.add("/queryAll", GET=query.query_all)
    routes.add("/(?P<resource>query|queryAll)/<locator>", GET=query.more)
    routes.add("/sobjects", GET=describe.everything)
    routes.add("/sobjects/<name>/describe", GET=describe.one)
    routes.add("/sobjects/<name>", GET=describe.basic, POST=sobjects.create)
    routes.add(
        "/sobjects/<name>/<record_id>",
        GET=sobjects.read,
        PATCH=sobjects.change,
        DELETE=sobjects.remove,
    )
    routes.add(
        "/sobjects/<name>/<key>/<value>",
        GET=sobjects.read_by_key,
        PATCH=sobjects.upsert,
        DELETE=sobjects.remove_by_key,
    )
    routes.add(
        "/composite/sobjects",
        POST=collections.create,
        PATCH=collections.update,
        DELETE=collections.delete,
    )
    routes.add("/composite/sobjects/<name>", GET=collections.get, POST=collections.post_get)
    routes.add("/composite/sobjects/<name>/<key>", PATCH=collections.upsert)
    composite.add_routes(routes, dispatch)


_add(ROUTES)
