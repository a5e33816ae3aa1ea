"""Addresses of the org browser."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
