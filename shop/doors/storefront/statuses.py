"""How each state looks: the same colour, icon and word wherever it is shown."""

Look = tuple[str, str, str]

BADGES: dict[str, Look] = {
    # orders
    "DRAFT": ("info", "circle-dashed", "Placed"),
    "ACTIVATED": ("brand", "circle-check", "Confirmed"),
    "COMPLETED": ("good", "circle-check", "Completed"),
    "CANCELLED": ("bad", "ban", "Cancelled"),
    # payments
    "PENDING": ("warn", "clock", "Pending"),
    "AUTHORIZED": ("info", "shield-check", "Authorised"),
    "PAID": ("good", "circle-check", "Paid"),
    "PART_PAID": ("warn", "wallet", "Partly paid"),
    "FAILED": ("bad", "circle-x", "Failed"),
    "REFUNDED": ("info", "undo-2", "Refunded"),
    "PART_REFUNDED": ("info", "undo-2", "Partly refunded"),
    # goods on their way
    "UNFULFILLED": ("warn", "package-open", "Being prepared"),
    "PACKED": ("info", "package", "Packed"),
    "PART_SHIPPED": ("info", "truck", "Partly shipped"),
    "SHIPPED": ("brand", "truck", "Shipped"),
    "OUT_FOR_DELIVERY": ("brand", "truck", "Out for delivery"),
    "DELIVERED": ("good", "package-check", "Delivered"),
    "RETURNED": ("info", "undo-2", "Returned"),
    # jobs, mails and the copy in Salesforce
    "QUEUED": ("info", "clock", "Waiting"),
    "WAITING": ("info", "clock", "Waiting"),
    "RUNNING": ("brand", "refresh-cw", "Running"),
    "SENDING": ("brand", "refresh-cw", "Sending"),
    "RETRY_WAIT": ("warn", "refresh-cw", "Trying again"),
    "DEAD": ("bad", "circle-x", "Stopped"),
    "DONE": ("good", "circle-check", "Done"),
    "SENT": ("good", "circle-check", "Sent"),
    "IN_STEP": ("good", "cloud-upload", "In step"),
    "PAUSED": ("warn", "pause", "Paused"),
    "CONFLICT": ("warn", "triangle-alert", "Conflict"),
}


def badge_of(status: str) -> Look:
    """Colour, icon and word of a state; an unknown one is shown in its own word."""
    return BADGES.get(status) or ("plain", "info", status.replace("_", " ").capitalize())
