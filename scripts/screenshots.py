"""Pictures of the main pages, narrow and wide, light and dark: `make screenshots`.

They come from a small demo store of its own and are written to var/screenshots/.
"""

import itertools
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.bench import stage

FOLDER = stage.ROOT / "var" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {"phone": 360, "desktop": 1280}
THEMES = ("light", "dark")
HEIGHT = 900
PLAIN = {
    "home": "/",
    "search": "/search/?q=lamp",
    "nothing-found": "/search/?q=zzzz",
    "empty-cart": "/cart/",
    "tracking": "/orders/track/",
    "sign-in": "/account/login/",
    "sign-up": "/account/signup/",
    "not-found": "/no/such/page/",
}
STAFF = {
    "admin": "/admin/",
    "admin-orders": "/admin/orders/order/",
    "admin-products": "/admin/catalog/product/",
    "reports": "/reports/",
}


def first_link(page: Page, pattern: str) -> str:
    """The first address on this page that looks like this."""
    found = re.search(rf'href="({pattern})"', page.content())
    return found[1] if found else ""


def shop(page: Page, base: str) -> Iterator[str]:
    """Walk through the store as a visitor; each name is a page to take."""
    for name, path in PLAIN.items():
        page.goto(base + path)
        yield name
    page.goto(base)
    for name, pattern in (("category", r"/c/[^\"]+/"), ("product", r"/p/[^\"]+/")):
        if link := first_link(page, pattern):
            page.goto(base + link)
            yield name
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_load_state("networkidle")
    for name, path in (("cart", "/cart/"), ("checkout", "/checkout/")):
        page.goto(base + path)
        yield name


def office(page: Page, base: str, email: str, password: str) -> Iterator[str]:
    """Sign in as the admin and walk through the back office."""
    page.goto(f"{base}/account/login/?next=/admin/")
    page.get_by_label("Email").first.fill(email)
    page.locator("input[type=password]").first.fill(password)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_load_state("networkidle")
    for name, path in STAFF.items():
        page.goto(base + path)
        yield name


def take(browser: Browser, base: str, admin: dict[str, str]) -> int:
    """Take every page in every look; answers how many pictures were written."""
    taken = 0
    for (look, width), theme in itertools.product(WIDTHS.items(), THEMES):
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme="dark" if theme == "dark" else "light",
        )
        page = context.new_page()
        walk = itertools.chain(
            shop(page, base), office(page, base, admin["email"], admin["password"])
        )
        for name in walk:
            page.screenshot(path=FOLDER / f"{name}-{look}-{theme}.png", full_page=True)
            taken += 1
        context.close()
    return taken


def main() -> int:
    """Start a store, walk through it with a browser, and say where the pictures are."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        print("no Chromium found: install one", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with stage.store("sqlite") as store, sync_playwright() as playwright:
        base = store.start_web()
        admin = json.loads(Path(store.var, "demo.json").read_text())["accounts"]["admin"]
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        taken = take(browser, base, admin)
        browser.close()
    print(f"{taken} pictures in {FOLDER}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
