"""Products, their variants and pictures."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from shop.core.keys import KeyField
from shop.goods.catalog.models.attributes import ProductType
from shop.goods.catalog.models.categories import Category


class TaxClass(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "tax classes"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    key = KeyField()
    name = models.CharField(max_length=255)
    slug = models.SlugField(max_length=255, unique=True)
    product_type = models.ForeignKey(
        ProductType, null=True, blank=True, on_delete=models.PROTECT, related_name="products"
    )
    brand = models.CharField(max_length=120, blank=True, db_index=True)
    primary_category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="primary_products",
    )
    categories: "models.ManyToManyField[Category, ProductCategory]" = models.ManyToManyField(
        Category, through="ProductCategory", related_name="products", blank=True
    )
    short_description = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    tax_class = models.ForeignKey(TaxClass, on_delete=models.PROTECT, related_name="products")
    hsn_code = models.CharField(max_length=8, blank=True)
    is_published = models.BooleanField(default=False)
    is_featured = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
    )
    option_names = models.JSONField(default=list, blank=True)
    meta_title = models.CharField(max_length=200, blank=True)
    meta_description = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=200, blank=True)
    rating_average = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    rating_count = models.PositiveIntegerField(default=0)
    custom = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["updated_at", "rating_average", "rating_count"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source_key=""),
                name="product_source_key_once",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="product_slug_not_empty"),
        ]
        indexes = [
            models.Index(
                fields=["is_featured", "-published_at"],
                condition=Q(is_published=True),
                name="product_featured_published",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductCategory(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="category_places")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="product_places")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "product categories"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "category"], name="product_once_per_category"
            ),
        ]

    def __str__(self) -> str:
        return f"product {self.product_id} in category {self.category_id}"


class ProductImage(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products/%Y/%m", max_length=200)
    alt = models.CharField(max_length=255, blank=True)
    position = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    tint = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(6)]
    )
    renditions = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tint__gte=1, tint__lte=6), name="product_image_tint_one_to_six"
            ),
        ]

    def __str__(self) -> str:
        return self.alt or self.file.name or ""


class Variant(models.Model):
    key = KeyField()
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=255, blank=True)
    option_values = models.JSONField(default=dict, blank=True)
    barcode = models.CharField(max_length=40, blank=True, db_index=True)
    weight_grams = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    image = models.ForeignKey(
        ProductImage, null=True, blank=True, on_delete=models.SET_NULL, related_name="variants"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sku=""), name="variant_sku_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sku
