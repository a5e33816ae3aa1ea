"""Every REST resource in one place."""

from crm_sync.localorg.actions import doors as quick
from crm_sync.localorg.actions import invoking
from crm_sync.localorg.bulk import queries, register
from crm_sync.localorg.bulk import resources as bulk
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.metadata_api import rest as deploys
from crm_sync.localorg.rest import (
    approvals,
    changes,
    collections,
    composite,
    describe,
    events,
    extras,
    finding,
    graph,
    layouts,
    menus,
    pushing,
    query,
    search,
    setup,
    sobjects,
    tree,
    versions,
    views,
)
from crm_sync.localorg.rest.routes import Routes, split_version
from crm_sync.localorg.tooling import doors as tooling

ROUTES = Routes()
FAR = "(?P<path>[^/]+(?:/[^/]+)+)"


def dispatch(call: Call) -> Answer:
    """Answer a call inside an API version; refusals are raised."""
    found = split_version(call.path)
    rest = found[1] if found else call.path
    if found:
        versions.check(found[0])
    handler = ROUTES.find(rest, call.method)
    # What one of several requests does counts as done by its own method.
    call.org.present.method = call.method
    return handler(call)


def _add(routes: Routes) -> None:
    routes.add("", GET=versions.resources)
    routes.add("/limits", GET=versions.limits)
    routes.add("/query", GET=query.get_query)
    routes.add("/queryAll", GET=query.query_all)
    routes.add("/(?P<resource>query|queryAll)/<locator>", GET=query.more)
    routes.add("/sobjects", GET=describe.everything)
    routes.add("/sobjects/<name>/describe", GET=describe.one)
    routes.add("/sobjects/<name>/eventSchema", GET=events.schema_of)
    routes.add("/event/eventSchema/<schema_id>", GET=events.schema)
    routes.add("/sobjects/relevantItems", GET=finding.relevant)
    _add_layouts(routes)
    routes.add(
        "/sobjects/User/<user_id>/password", GET=setup.password_state, POST=setup.set_password
    )
    routes.add("/sobjects/<name>/updated", GET=changes.updated)
    routes.add("/sobjects/<name>/deleted", GET=changes.deleted)
    routes.add("/sobjects/<name>", GET=describe.basic, POST=sobjects.create)
    routes.add(
        "/sobjects/<name>/<record_id>",
        GET=sobjects.read,
        PATCH=sobjects.change,
        DELETE=sobjects.remove,
    )
    routes.add(
        "/sobjects/StreamingChannel/<channel_id>/push", GET=pushing.audience, POST=pushing.push
    )
    routes.add(
        "/sobjects/<name>/<key>/<value>",
        GET=sobjects.read_by_key,
        PATCH=sobjects.upsert,
        DELETE=sobjects.remove_by_key,
    )
    routes.add("/sobjects/<name>/Id", POST=sobjects.create_without_id)
    routes.add(
        f"/sobjects/<name>/<record_id>/{FAR}",
        GET=sobjects.follow_far,
        PATCH=sobjects.change_above,
        DELETE=sobjects.remove_above,
    )
    routes.add(
        "/composite/sobjects",
        POST=collections.create,
        PATCH=collections.update,
        DELETE=collections.delete,
    )
    routes.add("/composite/sobjects/<name>", GET=collections.get, POST=collections.post_get)
    routes.add("/composite/sobjects/<name>/<key>", PATCH=collections.upsert)
    several = composite.Several(dispatch)
    routes.add("/composite", GET=several.listing, POST=several.composite)
    routes.add("/composite/batch", POST=several.batch)
    routes.add("/composite/graph", POST=graph.Graphs(dispatch).post)
    routes.add("/composite/tree/<name>", POST=tree.create)
    _add_searches(routes)
    _add_jobs(routes)
    _add_metadata(routes)


def _add_layouts(routes: Routes) -> None:
    place = "/sobjects/<name>/describe"
    routes.add(f"{place}/layouts", GET=layouts.layouts)
    routes.add(f"{place}/layouts/<record_type>", GET=layouts.layout)
    routes.add(f"{place}/namedLayouts/<layout>", GET=layouts.named)
    routes.add(f"{place}/compactLayouts", GET=layouts.compact)
    routes.add(f"{place}/compactLayouts/primary", GET=layouts.primary)
    routes.add(f"{place}/approvalLayouts", GET=layouts.approval)
    routes.add(f"{place}/approvalLayouts/<process>", GET=layouts.approval)
    routes.add("/sobjects/<name>/listviews", GET=views.listing)
    routes.add("/sobjects/<name>/listviews/<view>", GET=views.one)
    routes.add("/sobjects/<name>/listviews/<view>/describe", GET=views.describe)
    routes.add("/sobjects/<name>/listviews/<view>/results", GET=views.results)
    routes.add("/compactLayouts", GET=layouts.primaries)
    routes.add("/tabs", GET=menus.tabs)
    routes.add("/theme", GET=menus.theme)
    routes.add("/appMenu", GET=menus.menus)
    routes.add("/appMenu/<kind>", GET=menus.menu)
    quick.add(routes)
    invoking.add(routes)


def _add_searches(routes: Routes) -> None:
    routes.add("/search", GET=search.search)
    routes.add("/search/scopeOrder", GET=finding.scope_order)
    routes.add("/search/layout", GET=finding.layouts)
    routes.add("/search/suggestions", GET=finding.suggestions)
    routes.add("/search/suggestSearchQueries", GET=finding.suggested_queries)
    routes.add("/parameterizedSearch", GET=search.parameterized, POST=search.parameterized)
    routes.add("/recent", GET=extras.recent)
    routes.add("/limits/recordCount", GET=extras.record_counts)
    tooling.add(routes)
    routes.add("/process/rules", GET=approvals.rules, POST=approvals.apply_rules)
    routes.add("/process/approvals", GET=approvals.listing, POST=approvals.post)


def _add_metadata(routes: Routes) -> None:
    routes.add("/metadata/deployRequest", POST=deploys.create)
    routes.add("/metadata/deployRequest/<deploy_id>", GET=deploys.read, PATCH=deploys.cancel)


def _add_jobs(routes: Routes) -> None:
    kinds = "/jobs/(?P<kind>ingest|query)"
    routes.add("/jobs/ingest/<job_id>/batches", PUT=bulk.upload)
    routes.add("/jobs/ingest/<job_id>", PATCH=bulk.change)
    routes.add("/jobs/ingest", POST=bulk.create)
    routes.add("/jobs/query/<job_id>/results", GET=queries.results)
    routes.add("/jobs/query/<job_id>/resultPages", GET=queries.result_pages)
    routes.add("/jobs/query/<job_id>", PATCH=queries.abort)
    routes.add("/jobs/query", POST=queries.create)
    routes.add(kinds, GET=register.listing)
    routes.add(f"{kinds}/<job_id>", GET=register.read, DELETE=register.remove)
    routes.add("/jobs/ingest/<job_id>/<which>", GET=bulk.results)


_add(ROUTES)
