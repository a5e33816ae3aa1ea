"""Pictures of a product."""

from datetime import datetime

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.keys import new_key
from shop.goods.catalog import pictures
from shop.goods.catalog.events import ProductChanged
from shop.goods.catalog.models import Product, ProductImage


@transaction.atomic
def attach_image(
    *,
    product_id: int,
    content: bytes | File,  # type: ignore[type-arg]
    alt: str = "",
    tint: int | None = None,
    actor: Actor,
    now: datetime,
) -> ProductImage:
    """Check a picture, store it in the sizes pages show, and add it to a product."""
    picture = pictures.prepare(content if isinstance(content, bytes) else content.read())
    return attach_picture(
        product_id=product_id, picture=picture, alt=alt, tint=tint, actor=actor, now=now
    )


@transaction.atomic
def attach_picture(
    *,
    product_id: int,
    picture: pictures.Picture,
    alt: str = "",
    tint: int | None = None,
    actor: Actor,
    now: datetime,
) -> ProductImage:
    """Add a picture that was made ready before; many products may show the same drawing."""
    product = Product.objects.get(pk=product_id)
    stem = f"products/{product.key[-2:].lower()}/{new_key().lower()}"
    image = ProductImage(
        product=product,
        alt=alt or product.name,
        width=picture.width,
        height=picture.height,
        tint=tint or picture.tint,
        position=_next_position(product),
        renditions={
            str(width): default_storage.save(f"{stem}-{width}.webp", ContentFile(data))
            for width, data in picture.renditions.items()
        },
    )
    image.file.name = default_storage.save(f"{stem}.webp", ContentFile(picture.full))
    image.save()
    publish(ProductChanged(product_id=product_id))
    return image


@transaction.atomic
def remove_image(*, image_id: int, actor: Actor, now: datetime) -> None:
    """Take a picture off a product; its files go once that is committed."""
    image = ProductImage.objects.get(pk=image_id)
    paths = [image.file.name, *image.renditions.values()]
    image.delete()
    publish(ProductChanged(product_id=image.product_id))

    def remove_files() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(remove_files)


def _next_position(product: Product) -> int:
    last = product.images.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
