"""The customer's account. Sign-in, passwords, second factor and sessions are allauth's pages."""

from django.urls import path

from shop.doors.storefront.views import account, orders

urlpatterns = [
    path("account/", account.overview, name="account"),
    path("account/guest-orders/", account.claim_guest_orders, name="account-claim"),
    # Before allauth's own page at the same address, which the link of the mail leads to.
    path(
        "account/confirm-email/<str:key>/",
        account.ConfirmAddress.as_view(),
        name="account_confirm_email",
    ),
    path("account/profile/", account.profile, name="account-profile"),
    path("account/addresses/", account.addresses, name="account-addresses"),
    path("account/addresses/new/", account.edit_address, name="account-address-new"),
    path("account/addresses/<str:address_key>/", account.edit_address, name="account-address"),
    path(
        "account/addresses/<str:address_key>/remove/",
        account.remove_address,
        name="account-address-remove",
    ),
    path("account/orders/", orders.order_history, name="account-orders"),
    path("account/orders/<str:number>/", orders.account_order, name="account-order"),
]
