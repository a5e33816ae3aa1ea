"""Every kind of page: accessible, no wider than the screen, silent on the console."""

import pytest

PAGES = {
    "home": "/",
    "category": "/c/audio/",
    "filtered": "/c/audio/?brand=Northwave&min=500&stock=1",
    "search": "/search/?q=headfones",
    "nothing found": "/search/?q=zzqqxx",
    "product": "/p/head-1/",
    "long and dear": "/p/head-2/",
    "sold out": "/p/radio-1/",
    "variants": "/p/trail-shoe/",
    "empty cart": "/cart/",
    "tracking": "/orders/track/",
    "sign in": "/account/login/",
    "sign up": "/account/signup/",
    "password": "/account/password/reset/",
    "missing": "/nothing-here/",
    "style guide": "/styleguide/",
}


@pytest.mark.req("SHOP-23")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_page_is_accessible_fits_and_stays_silent(visit, shop, theme):
    at = visit(theme=theme)
    wrong = []

    for name, path in PAGES.items():
        at.open(path)
        wrong += at.wrong_at(name)

    assert wrong == []
    assert at.problems == []


@pytest.mark.req("SHOP-23")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_cart_and_checkout_are_accessible_fit_and_stay_silent(visit, shop, theme):
    at = visit(theme=theme)
    at.open("/p/head-2/")
    at.page.get_by_role("button", name="Add to cart", exact=True).click()
    at.page.get_by_role("dialog", name="Cart").wait_for()
    wrong = at.wrong_at("drawer")
    at.open("/cart/")
    wrong += at.wrong_at("cart")
    at.page.get_by_role("button", name="Checkout").click()
    at.page.wait_for_url("**/checkout/")
    wrong += at.wrong_at("checkout")
    at.page.get_by_role("button", name="Place order").click()
    at.page.get_by_role("alert").first.wait_for()
    at.page.wait_for_load_state()
    wrong += at.wrong_at("refused checkout")

    assert wrong == []
    assert at.problems == []


def test_the_narrowest_screen_still_fits(visit, shop):
    at = visit(width=320)
    too_wide = []

    for name, path in PAGES.items():
        at.open(path)
        if at.is_too_wide():
            too_wide.append(name)

    assert too_wide == []
