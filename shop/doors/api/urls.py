"""Addresses for machines, and the page of the gateway simulator."""

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from shop.doors.api import simulated_payment, webhooks
from shop.doors.api.views import buying, catalog, orders

V1 = "api/v1/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{V1}webhooks/<slug:source>/", webhooks.webhook, name="webhook"),
    path("pay/test/<slug:reference>/", simulated_payment.pay, name="test_gateway"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="storefront/api_docs.html"
        ),
        name="api-docs",
    ),
    path(f"{V1}products/", catalog.Products.as_view()),
    path(f"{V1}products/<str:key>/", catalog.OneProduct.as_view()),
    path(f"{V1}stock/", catalog.Stock.as_view()),
    path(f"{V1}carts/", buying.Carts.as_view()),
    path(f"{V1}carts/<str:key>/", buying.OneCart.as_view()),
    path(f"{V1}carts/<str:key>/lines/", buying.CartLines.as_view()),
    path(f"{V1}carts/<str:key>/lines/<str:line_key>/", buying.OneCartLine.as_view()),
    path(f"{V1}checkouts/", buying.Checkouts.as_view()),
    path(f"{V1}checkouts/<str:key>/", buying.OneCheckout.as_view()),
    path(f"{V1}orders/", orders.Orders.as_view()),
    path(f"{V1}orders/<str:number>/", orders.OneOrder.as_view()),
    path(f"{V1}orders/<str:number>/cancel/", orders.OrderCancel.as_view()),
    path(f"{V1}orders/<str:number>/activate/", orders.OrderActivate.as_view()),
    path(f"{V1}orders/<str:number>/complete/", orders.OrderComplete.as_view()),
    path(f"{V1}orders/<str:number>/payments/", orders.OrderPayments.as_view()),
    path(f"{V1}payments/<str:key>/", orders.OnePayment.as_view()),
    path(f"{V1}payments/<str:key>/confirm-cash/", orders.PaymentCash.as_view()),
    path(f"{V1}payments/<str:key>/refunds/", orders.PaymentRefunds.as_view()),
    path(f"{V1}shipments/", orders.Shipments.as_view()),
    path(f"{V1}shipments/<str:key>/", orders.OneShipment.as_view()),
    path(f"{V1}shipments/<str:key>/ship/", orders.ShipmentShip.as_view()),
    path(f"{V1}shipments/<str:key>/deliver/", orders.ShipmentDeliver.as_view()),
]
