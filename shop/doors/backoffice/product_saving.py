"""How the product page saves: every part by the service that owns it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from shop.core import options
from shop.doors.backoffice.acting import actor_of
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import ProductData, VariantData
from shop.goods.catalog.models import Product
from shop.pricing.price_lists import selectors as price_list_selectors
from shop.pricing.price_lists import services as price_lists


def save_product(
    request: HttpRequest, product: Product, cleaned: dict[str, Any], *, is_new: bool
) -> Product:
    """Save the product itself; it is shown to customers only when its variants are saved too."""
    tax_class = cleaned.get("tax_class") or product.tax_class
    product_type = cleaned.get("product_type")
    was_published = bool(
        not is_new and Product.objects.filter(pk=product.pk, is_published=True).exists()
    )
    data = ProductData(
        name=product.name,
        slug=product.slug,
        brand=product.brand,
        product_type=product_type.code if product_type else "",
        category_paths=_category_paths(cleaned),
        short_description=product.short_description,
        description=product.description,
        tax_class=tax_class.code,
        hsn_code=product.hsn_code,
        is_published=was_published,
        is_featured=product.is_featured,
        owner_id=product.owner_id,
        option_names=tuple(cleaned.get("option_list", product.option_names)),
        meta_title=product.meta_title,
        meta_description=product.meta_description,
        source=product.source,
        source_key=product.source_key,
        custom=product.custom,
    )
    return catalog.save_product(
        data=data,
        product_id=None if is_new else product.pk,
        actor=actor_of(request),
        now=timezone.now(),
    )


def _category_paths(cleaned: dict[str, Any]) -> tuple[str, ...]:
    """The main category first; without one, the first of the others stands in."""
    places = [place.path for place in cleaned.get("places") or ()]
    main = cleaned.get("main_category")
    return tuple(dict.fromkeys([main.path, *places] if main else places))


def save_variants(request: HttpRequest, product: Product, formset: Any) -> None:
    """Save the changed variants, and their prices in the default list."""
    now, actor = timezone.now(), actor_of(request)
    default = price_list_selectors.default_price_list(options.value("store.currency"))
    for form in formset.forms:
        if not form.has_changed():
            continue
        cleaned = form.cleaned_data
        variant = catalog.save_variant(
            product_id=product.pk,
            data=VariantData(
                sku=cleaned["sku"],
                option_values=cleaned["option_values"],
                barcode=cleaned["barcode"],
                weight_grams=cleaned["weight_grams"],
                is_active=cleaned["is_active"],
                position=cleaned["position"],
            ),
            variant_id=form.instance.pk,
            actor=actor,
            now=now,
        )
        form.instance.pk = variant.pk
        if default is not None:
            price_lists.set_price(
                variant_id=variant.pk,
                price_list_id=default.pk,
                amount=cleaned["price"],
                compare_at=cleaned["compare_at"],
                actor=actor,
                now=now,
            )


def save_pictures(request: HttpRequest, product: Product, formset: Any) -> None:
    """Take pictures away, replace them, add new ones."""
    now, actor = timezone.now(), actor_of(request)
    for gone in formset.deleted_objects:
        catalog.remove_image(image_id=gone.pk, actor=actor, now=now)
    for form in formset.forms:
        cleaned = form.cleaned_data
        if not form.has_changed() or cleaned.get("DELETE"):
            continue
        upload = cleaned.get("upload")
        if upload:
            if form.instance.pk:
                catalog.remove_image(image_id=form.instance.pk, actor=actor, now=now)
            catalog.attach_image(
                product_id=product.pk, content=upload, alt=cleaned["alt"], actor=actor, now=now
            )
        elif form.instance.pk:
            form.instance.save(update_fields=["alt", "position"])


def save_values(request: HttpRequest, product: Product, formset: Any) -> None:
    """Say what the attributes are."""
    now, actor = timezone.now(), actor_of(request)
    for gone in formset.deleted_objects:
        catalog.set_attribute(
            product_id=product.pk, attribute_id=gone.attribute_id, value=None, actor=actor, now=now
        )
    for form in formset.forms:
        cleaned = form.cleaned_data
        if form.has_changed() and not cleaned.get("DELETE") and cleaned.get("attribute"):
            catalog.set_attribute(
                product_id=product.pk,
                attribute_id=cleaned["attribute"].pk,
                value=cleaned.get("value") or None,
                actor=actor,
                now=now,
            )
