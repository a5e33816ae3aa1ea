"""Payments as a file."""

from __future__ import annotations

from typing import Any

from import_export import resources
from import_export.fields import Field

from shop.core.csv_safety import neutralise
from shop.sales.payments.models import Payment


class PaymentResource(resources.ModelResource):
    """Payments with what the person who exports may see."""

    number = Field(attribute="order__number", column_name="order")

    class Meta:
        model = Payment
        fields = (
            "number", "method", "state", "amount", "currency", "captured_amount", "refunded_amount",
            "reference", "created_at", "captured_at", "failure_code",
        )  # fmt: skip
        export_order = fields

    def __init__(self, hidden: set[str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in hidden or ():
            self.fields.pop(name, None)

    def get_export_order(self) -> list[str]:
        """Only columns that are left."""
        return [name for name in self._meta.export_order if name in self.fields]

    def export_resource(
        self, instance: Any, selected_fields: Any = None, **kwargs: Any
    ) -> list[Any]:
        """One row, with cells that a spreadsheet would run made harmless."""
        cells = super().export_resource(instance, selected_fields, **kwargs)
        return [neutralise(cell) if isinstance(cell, str) else cell for cell in cells]
