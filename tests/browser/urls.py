"""The store's addresses and the style guide, which otherwise answers only while developing."""

from django.urls import path

from config.urls import urlpatterns as store_urls
from shop.doors.storefront.views import styleguide

handler400 = "django.views.defaults.bad_request"
urlpatterns = [path("styleguide/", styleguide.show), *store_urls]
