"""A store with goods behind a real Chromium."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone
from PIL import Image

from shop.core.actors import SYSTEM_ACTOR
from shop.engagement.search import services as search
from shop.goods.catalog import services as catalog
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.geography import load_places
from tests.factories.pricing import ShippingMethodFactory, TaxRateFactory, sellable_variant

PICTURES = Path(django_settings.BASE_DIR) / "fixtures" / "media" / "demo"
LONG_NAME = (
    "Extraordinarily comfortable wireless over-ear noise-cancelling studio headphones, "
    "limited anniversary edition in midnight green"
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHECK = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules });
  return found.violations
    .filter((problem) => ["serious", "critical"].includes(problem.impact))
    .map((problem) => problem.id + problem.nodes.map((node) => ` | ${node.html.slice(0, 160)}`));
}"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Visit:
    """A page in a browser, with everything that went wrong on it."""

    page: object
    address: str
    problems: list[str] = field(default_factory=list)

    def open(self, path):
        answer = self.page.goto(self.address + path)
        return answer

    def axe(self):
        """What the accessibility checker finds serious; injected past the page's policy."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE})
        noted = len(self.problems)
        found = self.page.evaluate(CHECK, RULES)
        del self.problems[noted:]  # the checker's own styles are refused, as they should be
        return found

    def wrong_at(self, name, widths=(360, 1280)):
        """What is wrong with the page that is open, at each width."""
        wrong = []
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 800})
            wrong += [f"{name} at {width}: {problem}" for problem in self.axe()]
            if self.is_too_wide():
                wrong.append(f"{name}: wider than {width}")
        return wrong

    def is_too_wide(self):
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )


@pytest.fixture
def visit(chromium, live_server):
    """Open visits with a width, a theme, with or without scripts; strangers are noted."""
    contexts = []

    def begin(*, width=1280, theme="light", scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        made = Visit(page, live_server.url)
        page.on("console", lambda said: _note(made, said))
        page.on("pageerror", lambda error: made.problems.append(f"error: {error}"))
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((live_server.url, "data:"))
                else made.problems.append(f"stranger: {asked.url}")
            ),
        )
        return made

    yield begin
    for context in contexts:
        context.close()


def _note(made, said):
    # A page that is meant to be missing or refused says so on the console by itself.
    expected = "Failed to load resource: the server responded with a status of 4"
    if said.type in {"error", "warning"} and expected not in said.text:
        made.problems.append(f"{said.type}: {said.text}")


@pytest.fixture
def shop(live_server, settings, tmp_path):
    """Seven products that are hard to draw: long, dear, sold out, many variants, no picture."""
    settings.ROOT_URLCONF = "tests.browser.urls"
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": "/media/"},
        },
    }
    with transaction.atomic():
        _fill()
    search.rebuild(now=timezone.now())
    caches["fragments"].clear()
    return live_server


def _fill():
    load_places()
    ShippingMethodFactory()
    TaxRateFactory(valid_from=date(2017, 7, 1))
    audio = CategoryFactory(name="Audio", position=1)
    phones = CategoryFactory(name="Headphones", parent=audio)
    shoes = CategoryFactory(name="Footwear", position=2)
    _product("Studio headphones", phones, sku="HEAD-1", picture="headphones", is_featured=True)
    _product(LONG_NAME, phones, sku="HEAD-2", price="1234567.50", compare_at="1399999.00")
    _product("Small radio", audio, sku="RADIO-1", picture="radio", stock=0)
    speaker = _product("Loud speaker", audio, sku="SPEAK-1", stock=3)
    for number in range(12):  # more than the header has room for
        more = CategoryFactory(name=f"Further category {number}", position=3)
        speaker.category_places.create(category=more)
    trail = ProductFactory(
        name="Trail shoe",
        slug="trail-shoe",
        brand="Fjell",
        primary_category=shoes,
        categories=[shoes],
        option_names=["Size", "Colour"],
        is_featured=True,
    )
    _picture(trail, "running-shoe")
    _picture(trail, "hiking-boot")
    for size, colour, stock in (("8", "Black", 9), ("9", "Black", 2), ("9", "White", 0)):
        sellable_variant(
            product=trail,
            sku=f"TRAIL-{size}-{colour}",
            title=f"{size} / {colour}",
            option_values={"Size": size, "Colour": colour},
            price="2499.00",
            stock=stock,
        )
    catalog.refresh_product_counts()


def _product(name, category, *, sku, price="899.00", picture="", is_featured=False, **variant):
    product = ProductFactory(
        name=name,
        slug=sku.lower(),
        brand="Northwave",
        primary_category=category,
        categories=[category],
        short_description="It does its work quietly and lasts for years.",
        description="<p>Made of good material.</p><ul><li>Repairable</li></ul>",
        is_featured=is_featured,
    )
    sellable_variant(product=product, sku=sku, price=price, **variant)
    if picture:
        _picture(product, picture)
    return product


@cache
def _small(name):
    """A demo picture small enough to be prepared in no time."""
    buffer = BytesIO()
    with Image.open(PICTURES / f"{name}.webp") as picture:
        picture.resize((400, 400)).save(buffer, "WEBP")
    return buffer.getvalue()


def _picture(product, name):
    catalog.attach_image(
        product_id=product.pk,
        content=_small(name),
        alt=product.name,
        actor=SYSTEM_ACTOR,
        now=timezone.now(),
    )
