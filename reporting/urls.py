"""Addresses below /reports/."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("", views.home, name="reports"),
    path("<slug:code>/", views.report_page, name="report"),
]
