"""Buyers with a browser of their own, who know the pages and nothing else."""

import re

import requests

from tests.checkout_form import GUEST_FORM

PATIENCE = 120


class Buyer:
    """Somebody with a browser of their own."""

    def __init__(self, store, number):
        self.store, self.number = store, number
        self.session = requests.Session()

    @property
    def email(self):
        return f"buyer{self.number}@example.com"

    def get(self, path):
        return self.session.get(f"{self.store}{path}", timeout=PATIENCE)

    def post(self, path, form):
        token = self.session.cookies.get("csrftoken", "")
        return self.session.post(
            f"{self.store}{path}",
            data=form | {"csrfmiddlewaretoken": token},
            headers={"Referer": self.store},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def fill_cart(self, variant):
        self.get(f"/p/{variant.product.slug}/")
        self.post("/cart/add/", {"sku": variant.sku, "quantity": "1"})

    def fill_form(self, method):
        page = self.get("/checkout/").text
        hidden = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
            for name in ("token", "expected_total")
        }
        self.form = GUEST_FORM | {
            "email": self.email,
            "payment_method": method,
            **{name: found.group(1) for name, found in hidden.items() if found},
        }

    def place_order(self):
        answer = self.post("/checkout/", self.form)
        is_placed = answer.status_code == 302 and answer.headers["Location"] != "/cart/"
        return answer.status_code, is_placed
