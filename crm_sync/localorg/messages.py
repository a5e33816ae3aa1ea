"""A call and its answer, free of any web framework."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from crm_sync.localorg import bodies
from crm_sync.localorg.bodies import MOST_TEXT, Upload, load_json, too_large
from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.sessions import Session


def dump_json(data: object) -> bytes:
    """Write JSON the way it goes over the wire."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


@dataclass(slots=True)
class Call:
    """What a client asks for."""

    org: Org
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = ""
    version: str = "67.0"
    session: Session | None = None
    parsed: object = None
    area: str = ""
    upload: Upload | None = None

    @property
    def base(self) -> str:
        """Return the path under which this version's resources live."""
        return f"/services/data/v{self.version}{self.area}"

    def header(self, name: str) -> str:
        """Return a header, or nothing."""
        return self.headers.get(name.lower(), "")

    def params(self) -> dict[str, str]:
        """Return the query parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    def json(self) -> object:
        """Return the JSON body."""
        kind = self.header("content-type")
        if self.parsed is None and bodies.is_multipart(kind):
            self.parsed = bodies.read(kind, self.upload or bodies.of_bytes(self.body))
        elif self.parsed is None:
            self._check_media()
            if len(self.body) > MOST_TEXT:
                raise too_large(MOST_TEXT)
            self.parsed = load_json(self.body)
        return self.parsed

    def _check_media(self) -> None:
        """Refuse what says to be something else where the platform reads JSON."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        if kind and "json" not in kind and self.path.startswith("/services/data/"):
            message = f"MediaType of '{kind}' is not supported by this resource"
            raise SalesforceError("UNSUPPORTED_MEDIA_TYPE", message)

    def json_object(self) -> dict[str, object]:
        """Return the JSON body, which has to be an object."""
        content = self.json()
        if not isinstance(content, dict):
            raise parser_error("The HTTP entity body has to be a JSON object")
        return content

    def act(self) -> None:
        """Let what follows happen in the name of the session's user."""
        self.org.present.user_id = self.session.user_id if self.session else ""

    def save_options(self) -> SaveOptions:
        """Return what the headers say about saving."""
        user = self.session.user_id if self.session else self.org.user_id
        options = SaveOptions(user_id=user)
        rule = self.header("sforce-duplicate-rule-header")
        parts = re.split("[;,]", rule.lower())
        pairs = {key.strip(): value.strip() for key, _, value in (p.partition("=") for p in parts)}
        options.allow_duplicates = pairs.get("allowsave") == "true"
        options.include_duplicate_details = pairs.get("includerecorddetails") == "true"
        assign = self.header("sforce-auto-assign") or "true"
        options.assign = "" if assign.lower() == "false" else assign.strip()
        if options.assign.lower() == "true":
            options.assign = "true"
        return options


@dataclass(slots=True)
class Answer:
    """What the org says."""

    data: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json;charset=UTF-8"
    drop: bool = False
    pieces: Iterator[bytes] | None = None

    def body(self) -> bytes:
        """Return the bytes to send."""
        if self.raw is None:
            self.raw = b"" if self.data is None else dump_json(self.data)
        return self.raw


Handler = Callable[..., Answer]


def no_content() -> Answer:
    """Return the answer that needs no words."""
    return Answer(status=204)


def refusal(error: SalesforceError) -> Answer:
    """Return a failure in the shape of the REST API."""
    return Answer(error.as_rest(), status=error.status)
