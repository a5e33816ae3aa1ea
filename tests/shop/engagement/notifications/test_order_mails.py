import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import override_settings

from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import publish
from shop.engagement.notifications import services, subscribers
from shop.engagement.notifications.models import Message
from shop.sales.amendments import services as amendments
from shop.sales.fulfillment import services as fulfillment
from shop.sales.orders import links
from shop.sales.orders.events import OrderPlaced
from shop.sales.orders.models import Order
from shop.sales.payments.events import PaymentChanged, RefundConfirmed
from shop.sales.payments.models import Payment, Refund
from tests.factories.catalog import VariantFactory
from tests.factories.fulfillment import shipped_shipment
from tests.factories.orders import NOW, placed_order

pytestmark = pytest.mark.django_db
