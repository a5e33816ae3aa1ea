"""Pictures of goods from VAR_DIR, so that one process serves a whole store."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

# A picture that is exchanged gets a new name, so browsers may keep what they have.
CACHE_CONTROL = "public, max-age=31536000, immutable"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer one uploaded picture; nothing else is ever written below MEDIA_ROOT."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = CACHE_CONTROL
    return response
