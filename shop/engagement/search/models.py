"""What browsing and searching read: one flat row per product and its facets.

The words of a document are indexed by the database itself: generated `tsvector` columns on
PostgreSQL, an FTS5 table kept by triggers on SQLite (see migration 0002).
"""

from django.db import models

from shop.core.money import AmountField, CurrencyField
from shop.goods.catalog.models import Product


class SearchDocument(models.Model):
    product = models.OneToOneField(
        Product, primary_key=True, on_delete=models.CASCADE, related_name="search_document"
    )
    product_key = models.CharField(max_length=26)
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=255)
    brand = models.CharField(max_length=120, blank=True)
    short_description = models.CharField(max_length=500, blank=True)
    price_min = AmountField(null=True)
    price_max = AmountField(null=True)
    compare_at = AmountField(null=True)
    currency = CurrencyField(blank=True)
    is_published = models.BooleanField(default=False)
    is_in_stock = models.BooleanField(default=False)
    is_featured = models.BooleanField(default=False)
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    rating_count = models.PositiveIntegerField(default=0)
    popularity = models.IntegerField(default=0)
    image_path = models.CharField(max_length=200, blank=True)
    image_alt = models.CharField(max_length=255, blank=True)
    image_width = models.PositiveIntegerField(default=0)
    image_height = models.PositiveIntegerField(default=0)
    image_renditions = models.JSONField(default=dict)
    tint = models.PositiveSmallIntegerField(default=1)
    variant_count = models.PositiveIntegerField(default=0)
    single_variant_id = models.BigIntegerField(null=True)
    single_sku = models.CharField(max_length=80, blank=True, default="")
    option_labels = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-popularity", "product"],
                condition=models.Q(is_published=True),
                name="search_by_popularity",
            ),
            models.Index(
                fields=["-is_featured", "-popularity", "product"],
                condition=models.Q(is_published=True),
                name="search_by_featured",
            ),
            # Holds what is counted, so that counting need not visit the rows themselves.
            models.Index(
                fields=["product"],
                include=["is_in_stock", "price_min"],
                condition=models.Q(is_published=True),
                name="search_figures",
            ),
            models.Index(
                fields=["-published_at", "product"],
                condition=models.Q(is_published=True),
                name="search_by_newest",
            ),
            models.Index(
                fields=["price_min", "product"],
                condition=models.Q(is_published=True),
                name="search_by_price",
            ),
            models.Index(
                fields=["name", "product"],
                condition=models.Q(is_published=True),
                name="search_by_name",
            ),
            models.Index(
                fields=["-rating_average", "product"],
                condition=models.Q(is_published=True),
                name="search_by_rating",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SearchWords(models.Model):
    """The words of a document, beside it: lists read narrow rows, questions read these."""

    document = models.OneToOneField(
        SearchDocument, primary_key=True, on_delete=models.CASCADE, related_name="words"
    )
    name_words = models.TextField(blank=True)
    other_words = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "search words"

    def __str__(self) -> str:
        return self.name_words


class FacetTerm(models.Model):
    """One value of one facet, such as brand = Asha or category = home/lighting."""

    code = models.CharField(max_length=80)
    facet_label = models.CharField(max_length=120)
    facet_position = models.PositiveIntegerField(default=0)
    value = models.CharField(max_length=1000)
    label = models.CharField(max_length=255)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "value"], name="facet_term_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.label}"


class FacetRow(models.Model):
    document = models.ForeignKey(
        SearchDocument, on_delete=models.CASCADE, related_name="facet_rows", db_index=False
    )
    term = models.ForeignKey(
        FacetTerm, on_delete=models.CASCADE, related_name="facet_rows", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "term"], name="facet_row_once"),
        ]
        indexes = [
            models.Index(fields=["term", "document"], name="facet_row_by_term"),
        ]

    def __str__(self) -> str:
        return f"term {self.term_id} of document {self.document_id}"


class SkuRow(models.Model):
    """A SKU or barcode in the spelling that is looked up, so that an exact one is found first."""

    document = models.ForeignKey(SearchDocument, on_delete=models.CASCADE, related_name="sku_rows")
    code = models.CharField(max_length=80, db_index=True)

    def __str__(self) -> str:
        return self.code


class VocabularyWord(models.Model):
    word = models.CharField(max_length=60, unique=True)
    frequency = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.word


class VocabularyTrigram(models.Model):
    word = models.ForeignKey(VocabularyWord, on_delete=models.CASCADE, related_name="trigrams")
    trigram = models.CharField(max_length=3, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "trigram"], name="vocabulary_trigram_once"),
        ]

    def __str__(self) -> str:
        return self.trigram


class StaleDocument(models.Model):
    """A note that a product must be indexed again; appended, read and deleted, never updated."""

    product_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"product {self.product_id}"
