"""Messages from payment services and carriers: verified, stored, answered; a job does the rest."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.doors.api.problems import problem
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment import tracking
from shop.sales.payments import services as payments
from shop.sales.payments.exceptions import BadSignature
from shop.sales.payments.gateways.registry import find_gateway

LARGEST_BODY = 64 * 1024
KEPT_HEADERS = ("Content-Type", "User-Agent", "X-Testpay-Signature", "X-Carrier-Signature")
Keeper = Callable[[HttpRequest, bytes, datetime], bool]
logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, source: str) -> HttpResponse:
    """Take in one message; a message that came before is answered like the first."""
    keep = _keeper_of(source)
    if keep is None:
        return problem(404, "Nobody of this name sends us messages.")
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return problem(413, f"A message may have at most {LARGEST_BODY} bytes.")
    try:
        is_new = keep(request, request.body, timezone.now())
    except BadSignature as refusal:
        logger.warning("Webhook refused", extra={"source": source, "reason": str(refusal)})
        return problem(400, str(refusal), code="bad-signature")
    return JsonResponse({"received": True, "is_new": is_new})


def _keeper_of(source: str) -> Keeper | None:
    if source == tracking.SOURCE:
        return _keep_carrier_message
    gateway = find_gateway(source)
    if gateway is None:
        return None

    def keep(request: HttpRequest, body: bytes, now: datetime) -> bool:
        notice = gateway.verify(request.headers, body, now)
        return payments.receive_notice(
            gateway=gateway.code,
            external_id=notice.external_id,
            body=body.decode(),
            headers=_kept(request.headers),
            now=now,
        )

    return keep


def _keep_carrier_message(request: HttpRequest, body: bytes, now: datetime) -> bool:
    notice = tracking.verify(request.headers, body, now)
    return fulfillment.receive_carrier_notice(
        source=tracking.SOURCE,
        external_id=notice.external_id,
        body=body.decode(),
        headers=_kept(request.headers),
        now=now,
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:300] for name in KEPT_HEADERS if name in headers}
