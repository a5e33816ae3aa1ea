"""Visitors who buy as guests over plain forms, each with a connection and cookies of their own."""

import http.client
import re
import threading
import time
from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from scripts.bench import traffic

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')
TOTAL = re.compile(r'name="expected_total"[^>]*value="([^"]+)"')
SHIPPING = re.compile(r'name="shipping_code" value="([^"]+)"')
NUMBER = re.compile(r'data-order-number="([^"]+)"')
ADDRESS = {
    "line1": "12 Temple Road",
    "line2": "",
    "postal_code": "560001",
    "city": "Bengaluru",
    "state": "KA",
}
TOO_MANY = 6  # redirects in a row


class Buyer:
    """One browser without scripts."""

    def __init__(self, base: str, name: str) -> None:
        self.host = urlsplit(base).netloc
        self.name = name
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.cookies: dict[str, str] = {}
        self.last_click_ms: list[float] = []  # from Place order to the thank-you page

    def forget(self) -> None:
        """Become a new visitor on the same connection."""
        self.cookies = {}

    def get(self, path: str) -> str:
        """Load a page, through its redirects."""
        return self._page("GET", path, "")

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form and load what it leads to."""
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        return self._page("POST", path, urlencode({**token, **fields}))

    def _page(self, method: str, path: str, body: str) -> str:
        for _ in range(TOO_MANY):
            status, target, text = self._send(method, path, body)
            if status in {301, 302, 303}:
                method, path, body = "GET", target, ""
            elif status == 200:
                return text
            else:
                raise traffic.UnexpectedAnswer(f"{method} {path}: {status}")
        raise traffic.UnexpectedAnswer(f"{path} leads in circles")

    def _send(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        headers |= FORM if body else {}
        try:
            self.connection.request(method, path, body or None, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        for line in response.headers.get_all("Set-Cookie") or []:
            for morsel in SimpleCookie(line).values():
                self.cookies[morsel.key] = morsel.value
        return response.status, response.headers.get("Location", ""), text

    def arrive(self, product_path: str) -> None:
        """Look at a product, which gives the form token."""
        self.get(product_path)

    def add(self, sku: str) -> None:
        """Put one unit into the cart, without loading the page it leads to."""
        fields = {"sku": sku, "quantity": "1", "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        status, _, _ = self._send("POST", "/cart/add/", urlencode(fields))
        if status not in {200, 302}:
            raise traffic.UnexpectedAnswer(f"add to cart: {status}")

    def check_out(self, payment: str = "cod") -> str:
        """From the cart to the thank-you page; answers the order number."""
        page = self.post("/checkout/start/", {})
        fields = {
            "token": _found(TOKEN, page),
            "expected_total": _found(TOTAL, page),
            "shipping_code": _found(SHIPPING, page),
            "payment_method": payment,
            "same_address": "on",
            "email": f"{self.name}@example.com",
            "full_name": "Asha Rao",
            "phone": "9845012345",
        }
        fields |= {f"billing-{key}": value for key, value in ADDRESS.items()}
        began = time.perf_counter()
        thanks = self.post("/checkout/", fields)
        self.last_click_ms.append((time.perf_counter() - began) * 1000)
        return _found(NUMBER, thanks)


def _found(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    if match is None:
        raise traffic.UnexpectedAnswer(f"nothing on the page looks like {pattern.pattern}")
    return match[1]


def add_to_cart(
    base: str, goods: Sequence[tuple[str, str]], buyers: int, seconds: float
) -> dict[str, Any]:
    """How many units buyers put into carts each second; a cart is changed after ten lines."""
    crowd = [Buyer(base, f"cart{number}") for number in range(buyers)]
    turns = [number * 97 for number in range(buyers)]

    def act(number: int, _until: float) -> None:
        buyer = crowd[number]
        if turns[number] % 10 == 0 or "csrftoken" not in buyer.cookies:
            buyer.forget()
            buyer.arrive(goods[turns[number] % len(goods)][0])
        turns[number] += 1
        buyer.add(goods[turns[number] % len(goods)][1])

    return traffic.press(buyers, seconds, act)


def check_out(
    base: str, goods: Sequence[tuple[str, str]], buyers: int, seconds: float, prefix: str = "buyer"
) -> dict[str, Any]:
    """How many whole guest purchases are done each second: look, add, check out, thank-you page.

    `place_order` is the last click of them alone, from the press to the thank-you page.
    """
    crowd = [Buyer(base, f"{prefix}{number}") for number in range(buyers)]
    turns = [number * 97 for number in range(buyers)]
    numbers: list[str] = []
    lock = threading.Lock()

    def act(number: int, _until: float) -> None:
        buyer = crowd[number]
        buyer.forget()
        buyer.name = f"{prefix}{number}-{turns[number]}"
        turns[number] += 1
        path, sku = goods[turns[number] % len(goods)]
        buyer.arrive(path)
        buyer.add(sku)
        order = buyer.check_out()
        with lock:
            numbers.append(order)

    result = traffic.press(buyers, seconds, act)
    clicks = sorted(click for buyer in crowd for click in buyer.last_click_ms)
    return {**result, "orders": len(set(numbers)), "place_order": traffic.percentiles(clicks)}
