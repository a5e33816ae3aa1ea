"""The category tree: a parent and a stored path, so a subtree is one indexed query."""

from django.db import models
from django.db.models import Q

from shop.core.keys import KeyField


class Category(models.Model):
    key = KeyField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, db_index=False)
    path = models.CharField(max_length=1000, unique=True, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    position = models.PositiveIntegerField(default=0)
    description = models.TextField(blank=True)
    is_published = models.BooleanField(default=True)
    image = models.ImageField(upload_to="categories", blank=True)
    meta_title = models.CharField(max_length=200, blank=True)
    meta_description = models.CharField(max_length=400, blank=True)
    product_count = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "slug"], name="category_slug_unique_per_parent"
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="category_slug_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_paths(self) -> list[str]:
        """Paths from the root down to this category, itself included."""
        parts = self.path.split("/")
        return ["/".join(parts[: end + 1]) for end in range(len(parts))]
