"""Products of a file with their variants and prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from shop.core.actors import Actor
from shop.directory.customers.models import User
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import ProductData, VariantData
from shop.goods.catalog.exceptions import InvalidAttributeValue
from shop.goods.catalog.models import Product, Variant
from shop.platform.transfer.records import ImportContext, ProductRecord, VariantRecord
from shop.platform.transfer.writing.batches import Item, Written
from shop.platform.transfer.writing.silence import keep_silent
from shop.pricing.price_lists import selectors as price_lists_selectors
from shop.pricing.price_lists import services as price_lists
from shop.pricing.price_lists.data import PriceRow
from shop.pricing.price_lists.models import Price

STANDARD = "standard"
_PICTURE_NOTE = "pictures"


@dataclass(frozen=True)
class Known:
    """What the shop already has of a batch."""

    product_of_sku: Mapping[str, int]
    product_of_source_key: Mapping[str, int]

    def product_of(self, record: ProductRecord) -> int | None:
        """The product that a record means, if the shop has it."""
        if record.source_key in self.product_of_source_key:
            return self.product_of_source_key[record.source_key]
        found = (self.product_of_sku.get(variant.sku) for variant in record.variants)
        return next((pk for pk in found if pk), None)


class ProductWriter:
    """Writes batches of products; prices go to the default list of the import's currency."""

    def __init__(self, context: ImportContext, *, source: str, actor: Actor, now: datetime) -> None:
        self.context = context
        self.source = source
        self.actor = actor
        self.now = now
        self.price_list_id = 0
        self.owners: dict[str, int | None] = {}

    def write(self, items: Sequence[Item[ProductRecord]]) -> Written[ProductRecord]:
        written: Written[ProductRecord] = Written()
        known = _known(items)
        wanted = [item for item in items if self._is_wanted(item, known, written)]
        stale = self._with_other_prices(wanted, known)
        try:
            rows = keep_silent(
                [
                    (self._data(item.record), item.record, known.product_of(item.record))
                    for item in wanted
                ]
            )
            result = catalog.upsert_products(rows=rows, actor=self.actor, now=self.now)
        except InvalidAttributeValue as refused:
            # The pipeline then writes one by one and rejects only the product it is about.
            raise ValidationError(str(refused)) from refused
        self._write_prices(wanted)
        only_priced = len(stale - set(result.changed_ids))
        written.created = result.created
        written.updated = result.updated + only_priced
        written.unchanged += result.unchanged - only_priced
        return written

    def forget(self) -> None:
        """Nothing of the last batch was kept."""
        self.price_list_id = 0

    def finish(self) -> None:
        """Nothing is left to do."""

    def _is_wanted(
        self, item: Item[ProductRecord], known: Known, written: Written[ProductRecord]
    ) -> bool:
        record = item.record
        is_known = known.product_of(record) is not None
        if self.context.mode == "add" and is_known:
            written.unchanged += 1
            return False
        if self.context.mode == "update" and not is_known:
            sku = record.variants[0].sku if record.variants else record.name
            written.reject(item, "sku", sku, "is not known, and --mode update adds nothing")
            return False
        if record.owner_email and self._owner_id(record.owner_email) is None:
            written.reject(item, "owner_email", record.owner_email, "nobody signs in with this")
            return False
        return self._has_own_skus(item, known, written)

    def _has_own_skus(
        self, item: Item[ProductRecord], known: Known, written: Written[ProductRecord]
    ) -> bool:
        """A SKU that belongs to another product cannot be taken away from it."""
        own = known.product_of(item.record)
        for variant in item.record.variants:
            holder = known.product_of_sku.get(variant.sku)
            if holder is not None and holder != own:
                written.reject(item, "sku", variant.sku, "another product has this SKU already")
                return False
        return True

    def _owner_id(self, email: str) -> int | None:
        if email and email not in self.owners:
            found = User.objects.filter(email=email).values_list("pk", flat=True).first()
            self.owners[email] = found
        return self.owners.get(email)

    def _data(self, record: ProductRecord) -> ProductData:
        note = {_PICTURE_NOTE: " ".join(record.pictures)} if record.source_key else {}
        return ProductData(
            name=record.name,
            slug=slugify(record.slug),
            brand=record.brand,
            product_type=record.product_type,
            category_paths=tuple("/".join(map(_level, path)) for path in record.category_paths),
            short_description=record.short_description,
            description=record.description,
            tax_class=record.tax_class or STANDARD,
            hsn_code=record.hsn_code,
            # What has no variant cannot be bought, so it is not shown.
            is_published=record.is_published and bool(record.variants),
            is_featured=record.is_featured,
            owner_id=self._owner_id(record.owner_email),
            option_names=record.option_names,
            meta_title=record.meta_title,
            meta_description=record.meta_description,
            source=self.source if record.source_key else "",
            source_key=record.source_key,
            variants=tuple(_variant(place, one) for place, one in enumerate(record.variants)),
            attributes=dict(record.attributes),
            custom=note,
        )

    def _price_list(self) -> int:
        """The default list of the currency; the first file in a currency makes it."""
        if not self.price_list_id:
            currency = self.context.currency
            price_list = price_lists_selectors.default_price_list(currency)
            if price_list is None:
                price_list = price_lists.save_price_list(
                    code=f"list-{currency.lower()}",
                    name=f"List price {currency}",
                    currency=currency,
                    is_tax_inclusive=True,
                    is_default=True,
                    actor=self.actor,
                    now=self.now,
                )
            self.price_list_id = price_list.pk
        return self.price_list_id

    def _with_other_prices(self, items: Sequence[Item[ProductRecord]], known: Known) -> set[int]:
        """The products whose prices differ from what the file says."""
        skus = [variant.sku for item in items for variant in item.record.variants]
        rows = Price.objects.filter(
            price_list_id=self._price_list(), variant__sku__in=skus, is_active=True
        )
        now_is = {
            sku: (amount, compare_at)
            for sku, amount, compare_at in rows.values_list("variant__sku", "amount", "compare_at")
        }
        stale = set()
        for item in items:
            product_id = known.product_of(item.record)
            differs = any(
                now_is.get(one.sku) != (one.price, one.compare_at)
                for one in item.record.variants
                if one.price is not None
            )
            if product_id is not None and differs:
                stale.add(product_id)
        return stale

    def _write_prices(self, items: Sequence[Item[ProductRecord]]) -> None:
        priced = {
            variant.sku: variant
            for item in items
            for variant in item.record.variants
            if variant.price is not None
        }
        ids = dict(Variant.objects.filter(sku__in=priced).values_list("sku", "pk"))
        rows = [
            PriceRow(ids[sku], one.price, one.compare_at)
            for sku, one in priced.items()
            if one.price is not None and sku in ids
        ]
        price_lists.import_prices(
            price_list_id=self._price_list(), rows=rows, actor=self.actor, now=self.now
        )


def _known(items: Sequence[Item[ProductRecord]]) -> Known:
    records = [item.record for item in items]
    skus = [variant.sku for record in records for variant in record.variants]
    keys = [record.source_key for record in records if record.source_key]
    return Known(
        product_of_sku=dict(Variant.objects.filter(sku__in=skus).values_list("sku", "product_id")),
        product_of_source_key=dict(
            Product.objects.filter(source_key__in=keys).values_list("source_key", "pk")
        ),
    )


def _level(name: str) -> str:
    """A level of a path; the stroke that parts levels cannot be inside one."""
    return name.replace("/", " & ")


def _variant(place: int, record: VariantRecord) -> VariantData:
    return VariantData(
        sku=record.sku,
        option_values=dict(record.option_values),
        barcode=record.barcode,
        weight_grams=record.weight_grams or 0,
        is_active=record.is_active,
        position=place,
    )
