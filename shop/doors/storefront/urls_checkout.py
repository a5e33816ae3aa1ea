"""Cart, checkout and orders."""

from django.urls import path

from shop.doors.storefront.views import cart, checkout, orders

urlpatterns = [
    path("cart/", cart.cart_page, name="cart"),
    path("cart/add/", cart.add_to_cart, name="cart-add"),
    path("cart/prices/", cart.accept_prices, name="cart-accept-prices"),
    path("cart/lines/<str:line_key>/update/", cart.update_line, name="cart-update"),
    path("cart/lines/<str:line_key>/remove/", cart.remove_line, name="cart-remove"),
    path("checkout/", checkout.checkout_page, name="checkout"),
    path("checkout/start/", checkout.start_checkout, name="checkout-start"),
    path("checkout/place/", checkout.postal_place, name="checkout-place"),
    path("checkout/totals/", checkout.checkout_totals, name="checkout-totals"),
    path("orders/track/", orders.track, name="order-track"),
    path("orders/track/<str:token>/", orders.tracking, name="order-tracking"),
    path("orders/track/<str:token>/status/", orders.status_fragment, name="order-status"),
    path("orders/track/<str:token>/cancel/", orders.cancel_linked, name="order-cancel-linked"),
    path("orders/track/<str:token>/pay/", orders.pay_again, name="order-pay"),
    path("orders/<str:number>/thanks/", orders.thanks, name="order-thanks"),
    path("orders/<str:number>/register/", orders.register_after_order, name="order-register"),
    path("orders/<str:number>/cancel/", orders.cancel_own, name="order-cancel"),
]
