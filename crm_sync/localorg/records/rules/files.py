"""Files: attachments, documents, and content with its versions and links."""

from crm_sync.localorg.records.context import Change, Context, SaveOptions, Values
from crm_sync.localorg.records.rules.common import refuse, set_columns
from crm_sync.localorg.store import blobs
from crm_sync.localorg.store.blobs import Content

MOST_BYTES = 500 << 20
TITLE = 255
# What a file is called where that is more than its ending in capitals.
KINDS = {
    "doc": "WORD",
    "docx": "WORD_X",
    "docm": "WORD_X",
    "xls": "EXCEL",
    "xlsx": "EXCEL_X",
    "xlsm": "EXCEL_M",
    "ppt": "POWER_POINT",
    "pptx": "POWER_POINT_X",
    "pptm": "POWER_POINT_M",
    "txt": "TEXT",
    "htm": "HTML",
    "ai": "AI",
}
PLAIN = frozenset(
    (
        "avi", "bmp", "csv", "css", "eps", "exe", "flv", "gif", "gzip", "html", "java",
        "jpeg", "jpg", "js", "json", "m4a", "m4v", "mov", "mp3", "mp4", "mpeg", "mpg",
        "pdf", "png", "ps", "psd", "rtf", "sql", "svg", "swf", "tif", "tiff", "vsd", "wav",
        "wma", "wmv", "xml", "xsd", "xsl", "yml", "zip",
    )
)  # fmt: skip
SHARED = (
    "Title",
    "Description",
    "OwnerId",
    "FileType",
    "FileExtension",
    "ContentSize",
    "PublishStatus",
    "SharingOption",
    "SharingPrivacy",
    "ContentModifiedDate",
)


def kind_of(extension: str) -> str:
    """Return the platform's name for a kind of file."""
    low = extension.lower()
    return KINDS.get(low, low.upper() if low in PLAIN else "UNKNOWN")


def _missing(*names: str) -> Exception:
    message = f"Required fields are missing: [{', '.join(names)}]"
    return refuse("REQUIRED_FIELD_MISSING", message, *names)


def _keep(ctx: Context, change: Change, field: str) -> tuple[int, str] | None:
    """Keep what came for a file; its column says from now on that there is one."""
    content = change.new.get(field)
    if not isinstance(content, Content):
        if content is None and not change.is_new:
            blobs.forget(ctx.connection(), change.record_id)
        return None
    if content.size > MOST_BYTES:
        raise refuse("FILE_SIZE_LIMIT_EXCEEDED", "File size limit exceeded", field)
    checksum = blobs.keep(ctx.connection(), change.record_id, content)
    if blobs.used(ctx.connection()) > ctx.file_room:
        raise refuse("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
    change.new[field] = change.record_id
    return content.size, checksum


def before_body(ctx: Context, change: Change) -> None:
    """Keep the body of an attachment or a document, and its length."""
    kept = _keep(ctx, change, "Body")
    if kept is not None:
        change.new["BodyLength"] = kept[0]
    elif change.is_new or change.new.get("Body") is None:
        change.new["BodyLength"] = 0


def before_document(ctx: Context, change: Change) -> None:
    """A document has a name for programs, too."""
    before_body(ctx, change)
    if not change.new.get("DeveloperName"):
        name = str(change.new.get("Name"))
        change.new["DeveloperName"] = "".join(x if x.isalnum() else "_" for x in name)[:80]


def before_version(ctx: Context, change: Change) -> None:
    """Give a new version its number, its facts and the content that it belongs to."""
    if not change.is_new:
        return
    new = change.new
    is_link = bool(new.get("ContentUrl"))
    if not is_link and not new.get("PathOnClient"):
        raise _missing("PathOnClient")
    if not is_link and new.get("VersionData") is None:
        raise _missing("VersionData")
    size, checksum = _keep(ctx, change, "VersionData") or (0, None)
    path = str(new.get("PathOnClient") or new.get("ContentUrl"))
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    new["Title"] = new.get("Title") or (stem if dot else name)[:TITLE]
    new["FileExtension"] = extension[:40] if dot and not is_link else None
    new["FileType"] = "LINK" if is_link else kind_of(extension if dot else "")
    new |= {"ContentSize": size, "Checksum": checksum, "IsLatest": 1}
    new["ContentModifiedDate"] = new.get("ContentModifiedDate") or new["CreatedDate"]
    new["ContentModifiedById"] = change.options.user_id
    new["PublishStatus"] = "R"
    if not is_link:
        new["VersionDataUrl"] = f"/sfc/servlet.shepherd/version/download/{change.record_id}"
    _place(ctx, change)


def _shared(row: Values) -> Values:
    return {name: row.get(name) for name in SHARED}


def _place(ctx: Context, change: Change) -> None:
    """Put a version behind the last one, or into content of its own."""
    new, content = change.new, change.new.get("ContentDocumentId")
    if content is None:
        new["VersionNumber"] = "1"
        new["FirstPublishLocationId"] = new.get("FirstPublishLocationId") or new["OwnerId"]
        user = SaveOptions(user_id=change.options.user_id)
        new["ContentDocumentId"] = ctx.create("ContentDocument", _shared(new), user)
        return
    sql = (
        "SELECT Id, VersionNumber, FirstPublishLocationId FROM ContentVersion "
        "WHERE ContentDocumentId = ? AND IsLatest = 1"
    )
    last = ctx.first(sql, content) or {}
    new["VersionNumber"] = str(int(str(last.get("VersionNumber") or 0)) + 1)
    new["FirstPublishLocationId"] = last.get("FirstPublishLocationId")
    if last:
        set_columns(ctx, "ContentVersion", str(last["Id"]), {"IsLatest": 0})


def after_version(ctx: Context, change: Change) -> None:
    """Let the content show its last version; new content is linked to its owner and its place."""
    new = change.new
    content = str(new["ContentDocumentId"])
    if new.get("IsLatest"):
        shown = {**_shared(new), "LatestPublishedVersionId": change.record_id}
        set_columns(ctx, "ContentDocument", content, shown)
    if not change.is_new or new["VersionNumber"] != "1":
        return
    options = SaveOptions(user_id=change.options.user_id)
    places = {str(new["FirstPublishLocationId"]): "V", str(new["OwnerId"]): "I"}
    for place, share in places.items():
        facts: Values = {"ContentDocumentId": content, "LinkedEntityId": place, "ShareType": share}
        ctx.create("ContentDocumentLink", facts, options)


def after_content(ctx: Context, change: Change) -> None:
    """Content and its last version carry the same title, description and owner."""
    if change.is_new:
        return
    names = [name for name in ("Title", "Description", "OwnerId") if change.changed(name)]
    if names and change.new.get("LatestPublishedVersionId"):
        values = {name: change.new[name] for name in names}
        set_columns(ctx, "ContentVersion", str(change.new["LatestPublishedVersionId"]), values)


def before_link(ctx: Context, change: Change) -> None:
    """Content is linked to a record once."""
    sql = (
        "SELECT Id FROM ContentDocumentLink WHERE ContentDocumentId = ? AND LinkedEntityId = ? "
        "AND IsDeleted = 0"
    )
    new = change.new
    if change.is_new and ctx.value(sql, new["ContentDocumentId"], new["LinkedEntityId"]):
        message = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
        raise refuse("DUPLICATE_VALUE", message)
