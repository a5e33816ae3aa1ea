"""Addresses of the org browser."""

from django.urls import path

from crm_sync.localorg import arriving, editing, merging, switching, views, watching

handler404 = "crm_sync.localorg.views.missing"

urlpatterns = [
    path("", views.objects, name="objects"),
    path("o/<str:name>/", views.record_list, name="list"),
    path("o/<str:name>/fields/", views.fields, name="fields"),
    path("o/<str:name>/new/", editing.create, name="create"),
    path("r/<str:record_id>/", views.record, name="record"),
    path("r/<str:record_id>/file/", views.file, name="file"),
    path("sfc/servlet.shepherd/version/download/<str:record_id>", views.file),
    path("r/<str:record_id>/edit/", editing.edit, name="edit"),
    path("r/<str:record_id>/delete/", editing.delete, name="delete"),
    path("r/<str:record_id>/undelete/", editing.undelete, name="undelete"),
    path("r/<str:record_id>/merge/", merging.merge, name="merge"),
    path("r/<str:record_id>/convert/", editing.convert, name="convert"),
    path("r/<str:record_id>/approval/", editing.approve, name="approve"),
    path("soql/", views.soql, name="soql"),
    path("log/", views.log, name="log"),
    path("log/<int:number>/", views.log_entry, name="log_entry"),
    path("events/", watching.events, name="events"),
    path("health/", switching.health, name="health"),
    path("health/faults/", switching.add_fault, name="add_fault"),
    path("health/faults/off/", switching.faults_off, name="faults_off"),
    path("health/limits/", switching.set_limit, name="set_limit"),
    path("health/reset/", switching.reset, name="reset"),
    path("health/snapshots/", switching.snapshot, name="snapshot"),
    path("health/restore/", switching.restore, name="restore"),
    path("secur/frontdoor.jsp", arriving.front_door, name="front_door"),
    path("lightning/<path:place>", arriving.lightning, name="lightning"),
    path("services/oauth2/authorize", views.authorize, name="authorize"),
    path("static/<str:name>", views.static, name="static"),
]
