"""Pictures of products."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.catalog import services
from shop.goods.catalog.exceptions import InvalidPicture
from shop.goods.catalog.models import ProductImage
from tests.factories.catalog import ProductFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def picture(size=(1200, 900), color="#c0392b", kind="JPEG", **options):
    buffer = BytesIO()
    Image.new("RGB", size, color).save(buffer, kind, **options)
    return buffer.getvalue()


def attach(content, **fields):
    product = fields.pop("product", None) or ProductFactory(name="Lamp")
    return services.attach_image(
        product_id=product.pk, content=content, actor=SYSTEM_ACTOR, now=NOW, **fields
    )


def opened(path):
    with default_storage.open(path) as file, Image.open(file) as image:
        return image.format, image.size


def test_picture_is_stored_as_webp_in_the_widths_of_pages():
    image = attach(picture())

    assert (image.width, image.height, image.alt) == (1200, 900, "Lamp")
    assert opened(image.file.name) == ("WEBP", (1200, 900))
    assert {width: opened(path) for width, path in image.renditions.items()} == {
        "320": ("WEBP", (320, 240)),
        "640": ("WEBP", (640, 480)),
        "1024": ("WEBP", (1024, 768)),
    }


def test_small_picture_is_not_blown_up():
    image = attach(picture((400, 400)))

    assert list(image.renditions) == ["320"]


def test_huge_picture_is_brought_to_size():
    image = attach(ContentFile(picture((3000, 1500))))

    assert (image.width, image.height) == (2048, 1024)


def test_picture_from_a_phone_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    image = attach(picture((800, 400), exif=exif))

    assert (image.width, image.height) == (400, 800)


def test_pictures_line_up_and_the_tint_follows_the_colour():
    product = ProductFactory()

    red, green = (attach(picture(color=color), product=product) for color in ("#e03030", "#20c070"))

    assert (red.position, green.position) == (0, 1)
    assert (red.tint, green.tint) == (4, 3)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:200]],
)
def test_what_is_not_a_picture_is_refused(content):
    with pytest.raises(InvalidPicture):
        attach(content)

    assert ProductImage.objects.count() == 0


def test_removed_picture_takes_its_files_along(django_capture_on_commit_callbacks):
    image = attach(picture())
    paths = [image.file.name, *image.renditions.values()]

    with django_capture_on_commit_callbacks(execute=True):
        services.remove_image(image_id=image.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert not any(default_storage.exists(path) for path in paths)
