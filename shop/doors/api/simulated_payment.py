"""The hosted page of the gateway simulator: here the customer of a demo store "pays"."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop.sales.payments import selectors, simulator
from shop.sales.payments.gateways.testpay import TestPay
from shop.sales.payments.models import Payment, PaymentState

PAGE = "storefront/test_gateway/pay.html"
CONFIRMATION = "storefront/test_gateway/confirm.html"
WAITING = frozenset({PaymentState.PENDING, PaymentState.AUTHORIZED})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what can happen to a payment, and let what was chosen happen."""
    payment = _payment(reference)
    if payment.state not in WAITING:
        return _back_to_store(payment)
    if request.method != "POST":
        return _page(request, PAGE, payment)
    outcome = request.POST.get("outcome", "")
    if outcome not in simulator.CODES:
        return _page(request, PAGE, payment, problem="Choose what should happen.", status=422)
    needs_confirmation = simulator.choose(payment=payment, outcome=outcome, now=timezone.now())
    if needs_confirmation:
        return _page(request, CONFIRMATION, payment)
    return _back_to_store(payment)


def _payment(reference: str) -> Payment:
    is_open = settings.PAYMENTS_TEST_GATEWAY
    payment = selectors.find_by_reference(TestPay.code, reference) if is_open else None
    if payment is None:
        raise Http404
    return payment


def _page(
    request: HttpRequest, template: str, payment: Payment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    return render(
        request,
        template,
        {
            "payment": payment,
            "order": payment.order,
            "outcomes": simulator.OUTCOMES,
            "problem": problem,
        },
        status=status,
    )


def _back_to_store(payment: Payment) -> HttpResponse:
    return HttpResponseRedirect(f"/orders/{payment.order.number}/thanks/")
