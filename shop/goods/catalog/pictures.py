"""Pictures: checked, turned upright, freed of hidden data, and made in the sizes pages use."""

import colorsys
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from shop.goods.catalog.exceptions import InvalidPicture

WIDTHS = (320, 640, 1024)
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2048
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# The hues of the six picture tints of the design, in degrees, tint 1 first.
TINT_HUES = (85, 250, 150, 25, 300, 95)


@dataclass(frozen=True)
class Picture:
    """A picture ready to store: WebP in full and in smaller widths."""

    full: bytes
    width: int
    height: int
    tint: int
    renditions: dict[int, bytes]


def prepare(content: bytes) -> Picture:
    """Check an uploaded file and make the pictures that pages will show."""
    image = _open(content)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    full = _webp(image)
    return Picture(
        full=full,
        width=image.width,
        height=image.height,
        tint=_tint(image),
        renditions={
            width: full if width == image.width else _webp(_narrowed(image, width))
            for width in WIDTHS
            if width <= image.width
        },
    )


def _open(content: bytes) -> Image.Image:
    if len(content) > MAX_BYTES:
        raise InvalidPicture("The file is larger than 15 MB")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise InvalidPicture("The picture has more than 40 million pixels")
            upright = ImageOps.exif_transpose(opened)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            return upright.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError) as problem:
        raise InvalidPicture("The file is not a JPEG, PNG, WebP or GIF picture") from problem


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    height = max(round(image.height * width / image.width), 1)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _webp(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()


def _tint(image: Image.Image) -> int:
    """The tint whose hue lies nearest to the picture's own colour."""
    pixel = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    red, green, blue = (channel / 255 for channel in pixel)  # type: ignore[union-attr]
    hue = colorsys.rgb_to_hsv(red, green, blue)[0] * 360

    def distance(position: int) -> float:
        gap = abs(TINT_HUES[position] - hue)
        return min(gap, 360 - gap)

    return min(range(len(TINT_HUES)), key=distance) + 1
