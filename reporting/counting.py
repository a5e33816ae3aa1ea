"""Which orders the figures count."""

# An order counts from its activation on; a draft may never be paid, a cancelled one was not sold.
COUNTED = ("ACTIVATED", "COMPLETED")
