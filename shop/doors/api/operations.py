"""Health and figures for those who run the store."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.core import health
from shop.platform.operations import metrics

OK = 200
UNAVAILABLE = 503


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked, or a slow database would restart the web."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether the store can serve: every probe says yes."""
    probes = health.run(timezone.now())
    is_ready = all(probe.ok for probe in probes.values())
    body = {
        "status": "ok" if is_ready else "unavailable",
        "checks": {
            name: {"ok": probe.ok, "detail": probe.detail} for name, probe in probes.items()
        },
    }
    return JsonResponse(body, status=OK if is_ready else UNAVAILABLE)


@require_safe
@never_cache
def metrics_page(_request: HttpRequest) -> HttpResponse:
    """Figures in the text format of Prometheus."""
    return HttpResponse(metrics.page(), content_type=metrics.CONTENT_TYPE)
