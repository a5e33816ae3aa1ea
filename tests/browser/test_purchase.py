"""The whole purchase in a browser: by keyboard alone, and with scripts switched off."""

import pytest

from shop.sales.orders.models import Order

GUEST = {
    "Email": "asha@example.com",
    "Full name": "Asha Rao",
    "Phone": "+919876543210",
    "Address": "12 Hill Road",
    "PIN code": "517325",
    "City": "Madanapalle",
}


def reach(page, target, presses=60):
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(presses):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{presses} presses of Tab do not reach {target}")


def proposed(page):
    """The state that belongs to the PIN code, once its look-up has been answered."""
    return page.locator("#billing-where option[value=AP][selected]")


@pytest.mark.req("SHOP-23")
def test_the_whole_purchase_works_by_keyboard(visit, shop):
    at = visit()
    page = at.page
    at.open("/")

    box = page.get_by_role("searchbox", name="Search")
    reach(page, box)
    page.keyboard.type("studio")
    page.locator("#suggestions:not([aria-busy]) [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/head-1/")
    reach(page, page.get_by_role("button", name="Add to cart", exact=True))
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Cart")
    drawer.wait_for()
    assert drawer.evaluate("node => node.contains(document.activeElement)")
    reach(page, drawer.get_by_role("button", name="Checkout"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout/")
    for label, text in GUEST.items():
        target = page.get_by_label(label, exact=True).first
        reach(page, target)
        if label == "City":
            proposed(page).wait_for(state="attached")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    state = page.get_by_label("State", exact=True).first
    reach(page, state)
    page.keyboard.type("Andhra")
    cash = page.get_by_role("radio", name="Cash on delivery")
    reach(page, page.get_by_role("group", name="Payment method").get_by_role("radio").first)
    for _ in range(3):
        if cash.is_checked():
            break
        page.keyboard.press("ArrowDown")
    reach(page, page.get_by_role("button", name="Place order"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/**")

    order = Order.objects.get()
    assert page.locator("[data-order-number]").first.get_attribute("data-order-number") == (
        order.number
    )
    assert order.payment_method == "cod"
    assert at.problems == []


@pytest.mark.parametrize("typed_before", ["", "Punga"])
def test_who_types_a_city_while_it_is_looked_up_keeps_the_words(visit, shop, typed_before):
    at = visit()
    page = at.page
    at.open("/p/head-1/")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.get_by_role("dialog", name="Cart").get_by_role("button", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    held = []
    page.route("**/checkout/place/**", lambda route: held.append(route))
    page.get_by_label("PIN code", exact=True).first.fill("517325")
    city = page.get_by_label("City", exact=True).first

    with page.expect_request("**/checkout/place/**"):
        city.focus()
    page.keyboard.type(typed_before)
    let_go(page, held)
    page.keyboard.type("nur")

    assert city.input_value() == f"{typed_before}nur"


def let_go(page, held):
    """Let the held look-up of 517325 go, and wait until its answer is on the page."""
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    proposed(page).wait_for(state="attached")


def test_an_answer_that_comes_late_leaves_what_was_filled_in_meanwhile(visit, shop):
    at = visit()
    page = at.page
    at.open("/p/head-1/")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.get_by_role("dialog", name="Cart").get_by_role("button", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    held = []
    page.route("**/checkout/place/**", lambda route: held.append(route))
    page.get_by_label("PIN code", exact=True).first.fill("517325")
    city, state = (page.get_by_label(name, exact=True).first for name in ("City", "State"))

    city.fill("Punganur")
    state.select_option("KA")
    state.focus()
    let_go(page, held)

    assert (city.input_value(), state.input_value()) == ("Punganur", "KA")
    assert state.evaluate("node => node === document.activeElement")


@pytest.mark.req("SHOP-01")
def test_the_whole_purchase_works_without_scripts(visit, shop):
    at = visit(scripts=False, width=360)
    page = at.page
    at.open("/")

    page.get_by_role("searchbox", name="Search").fill("trail")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.get_by_role("link", name="Trail shoe").click()
    page.wait_for_url("**/p/trail-shoe/")
    page.get_by_role("link", name="9", exact=True).click()
    page.wait_for_url("**/p/trail-shoe/?**")
    page.get_by_label("Quantity").first.fill("2")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.wait_for_url("**/cart/")
    page.get_by_role("button", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    for label, text in GUEST.items():
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label("State", exact=True).first.select_option("AP")
    page.get_by_role("radio", name="Cash on delivery").check()
    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/thanks/**")

    order = Order.objects.get()
    line = order.lines.get()
    assert (line.sku, line.quantity) == ("TRAIL-9-Black", 2)


@pytest.mark.req("SHOP-01")
def test_ticking_a_filter_narrows_the_list_and_the_address_can_be_shared(visit, shop):
    at = visit()
    page = at.page
    at.open("/c/audio/")

    page.get_by_role("checkbox", name="In stock only").check()
    page.wait_for_url("**/c/audio/?stock=1")
    page.get_by_text("3 products").wait_for()
    assert page.get_by_role("checkbox", name="In stock only").is_checked()
    page.get_by_role("link", name="Take away In stock only").click()
    page.get_by_text("4 products").wait_for()
    page.go_back()
    page.get_by_text("3 products").wait_for()

    assert at.problems == []


def test_a_chosen_theme_is_kept_for_the_next_page(visit, shop):
    at = visit(theme="light")
    at.open("/")

    at.page.get_by_role("button", name="Dark", exact=True).click()
    at.open("/c/audio/")

    assert at.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert at.problems == []


@pytest.mark.req("CART-06")
def test_a_field_says_what_is_wrong_when_it_is_left_and_is_content_again_when_mended(visit, shop):
    at = visit()
    page = at.page
    at.open("/p/head-1/")
    page.get_by_role("button", name="Add to cart", exact=True).click()
    page.get_by_role("dialog", name="Cart").get_by_role("button", name="Checkout").click()
    page.wait_for_url("**/checkout/")
    email, name = (page.get_by_label(label, exact=True).first for label in ("Email", "Full name"))
    error = page.locator("#id_email_error")

    email.fill("asha")
    name.focus()
    error.wait_for()
    said = error.inner_text(), email.get_attribute("aria-describedby")
    email.fill("asha@example.com")
    error.wait_for(state="detached")
    page.get_by_label("Phone", exact=True).focus()
    email.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("#id_full_name_error").wait_for()

    assert said == ("Enter a valid email address.", "id_email_helptext id_email_error")
    assert email.get_attribute("aria-invalid") is None
    assert page.locator("#id_full_name_error").inner_text() == "Enter your name."
    assert page.locator("#id_phone_error").count() == 0
    assert at.axe() == []
    assert at.problems == []
