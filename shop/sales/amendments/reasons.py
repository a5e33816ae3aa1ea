"""Why orders are cancelled: the list that customers and staff choose from."""

CUSTOMER_REASONS: tuple[tuple[str, str], ...] = (
    ("CHANGED_MIND", "I changed my mind"),
    ("ORDERED_BY_MISTAKE", "I ordered by mistake"),
    ("FOUND_CHEAPER", "I found it cheaper elsewhere"),
    ("DELIVERY_TOO_SLOW", "Delivery takes too long"),
    ("WRONG_ADDRESS", "The address is wrong"),
    ("OTHER", "Another reason"),
)
STAFF_REASONS: tuple[tuple[str, str], ...] = (
    *CUSTOMER_REASONS,
    ("OUT_OF_STOCK", "Goods cannot be delivered"),
    ("SUSPECTED_FRAUD", "Suspected fraud"),
    ("NOT_PAID", "Payment never came"),
)
LABELS = dict(STAFF_REASONS)
