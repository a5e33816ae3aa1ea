"""Addresses for machines, and the page of the gateway simulator."""

from django.urls import URLPattern, URLResolver, path

from shop.doors.api import simulated_payment, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/webhooks/<slug:source>/", webhooks.webhook, name="webhook"),
    path("pay/test/<slug:reference>/", simulated_payment.pay, name="test_gateway"),
]
