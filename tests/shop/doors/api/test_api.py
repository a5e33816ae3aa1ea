"""What a separate front end or another program can do with a key."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.directory.access import services as access
from shop.sales.cart.models import Cart, CartLine
from shop.sales.orders.models import Order
from tests.factories.cart import cart_with
from tests.factories.fulfillment import CarrierFactory, planned_shipment
from tests.factories.orders import HOME, placed_order, registered_customer, total_of
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db


class Program:
    """A program with a key."""

    def __init__(self, client, *scopes, **options):
        token = access.issue_api_key(
            name="Test", scopes=scopes, actor=SYSTEM_ACTOR, now=timezone.now(), **options
        )
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def ask(self, method, path, body=None, **headers):
        return getattr(self.client, method)(
            f"/api/v1/{path}",
            data=body,
            content_type="application/json",
            headers=self.headers | headers,
        )

    def get(self, path, **params):
        return self.client.get(f"/api/v1/{path}", params, headers=self.headers)

    def post(self, path, body=None, **headers):
        return self.ask("post", path, body or {}, **headers)


@pytest.fixture
def storefront(client):
    return Program(client, "storefront")


@pytest.fixture
def admin(client):
    return Program(client, "admin")


def order_body(cart_key, **changes):
    ShippingMethodFactory()
    cart = Cart.objects.get(key=cart_key)
    return {
        "cart": cart_key,
        "email": "asha@example.com",
        "full_name": "Asha Rao",
        "phone": "+919876543210",
        "shipping_address": HOME.to_dict(),
        "shipping_method": "standard",
        "payment_method": "card",
        "expected_total": str(total_of(cart, now=timezone.now())),
        **changes,
    }


@pytest.mark.req("API-07", "API-01")
def test_a_purchase_without_a_page(storefront):
    shoes = sellable_variant(price="100.00", stock=5, sku="SHOE-9")
    key = storefront.post("carts/").json()["key"]
    cart = storefront.post(f"carts/{key}/lines/", {"sku": "SHOE-9", "quantity": 2})
    checkout = storefront.post("checkouts/", {"cart": key})

    placed = storefront.post("orders/", order_body(key, checkout=checkout.json()["key"]))

    assert cart.status_code == 201
    assert cart.json()["lines"][0]["total"] == {"amount": "200.00", "currency": "INR"}
    assert checkout.status_code == 201
    body = placed.json()
    assert placed.status_code == 201
    assert body["grand_total"] == {"amount": "249.00", "currency": "INR"}
    assert body["payment"]["redirect_url"].startswith("/pay/test/tp_")
    assert "reference" not in body["payment"]
    order = Order.objects.get()
    assert (order.number, order.channel, order.status) == (body["number"], "API", "DRAFT")
    assert order.lines.get().variant_id == shoes.pk
    read = storefront.get(f"orders/{order.number}/").json()
    assert read["lines"][0]["sku"] == "SHOE-9"
    assert timezone.datetime.fromisoformat(read["placed_at"]).tzinfo is not None


@pytest.mark.req("CART-10", "API-05")
def test_the_same_idempotency_key_places_one_order_and_answers_the_same(storefront):
    cart = cart_with((sellable_variant(), 1))
    body = order_body(cart.key)
    header = {"Idempotency-Key": "k1"}

    first = storefront.post("orders/", body, **header)
    second = storefront.post("orders/", body, **header)
    other = storefront.post("orders/", body | {"full_name": "Somebody Else"}, **header)

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == second.json()
    assert other["Content-Type"] == "application/problem+json"
    assert Order.objects.count() == 1


@pytest.mark.req("API-05")
def test_the_same_idempotency_key_adds_to_a_cart_once(storefront):
    cart = cart_with((sellable_variant(sku="LAMP"), 1))
    header = {"Idempotency-Key": "k1"}

    answers = [
        storefront.post(f"carts/{cart.key}/lines/", {"sku": "LAMP", "quantity": 1}, **header)
        for _ in range(2)
    ]
    other = storefront.post(f"carts/{cart.key}/lines/", {"sku": "LAMP", "quantity": 2}, **header)

    assert [answer.json()["units"] for answer in answers] == [2, 2]
    assert other.status_code == 409
    assert CartLine.objects.get().quantity == 2


@pytest.mark.req("CART-02")
@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (-1, "Quantity cannot be negative."),
        (0, "Quantity must be at least 1."),
        (1.5, "Quantity must be a whole number."),
        (10**20, "Quantity is too large."),
        ("two", "Quantity must be a whole number."),
        ("9" * 100_000, "Quantity must be a whole number."),
        ([1], "Quantity must be a whole number."),
        ({"a": 1}, "Quantity must be a whole number."),
        (True, "Quantity must be a whole number."),
    ],
)
def test_an_impossible_quantity_is_a_field_error(storefront, quantity, message):
    cart = cart_with((sellable_variant(sku="LAMP"), 1))

    added = storefront.post(f"carts/{cart.key}/lines/", {"sku": "LAMP", "quantity": quantity})
    line = CartLine.objects.get()
    changed = storefront.ask("patch", f"carts/{cart.key}/lines/{line.key}/", {"quantity": quantity})

    for response in (added, changed):
        assert response.status_code == 422
        assert [(error["field"], error["message"]) for error in response.json()["errors"]] == [
            ("quantity", message)
        ]
    assert CartLine.objects.get().quantity == 1


@pytest.mark.req("CART-03")
def test_a_hundred_and_one_units_are_refused_with_the_agreed_words(storefront):
    cart = cart_with((sellable_variant(sku="LAMP", stock=500), 100))

    response = storefront.post(f"carts/{cart.key}/lines/", {"sku": "LAMP", "quantity": 1})

    assert response.status_code == 422
    assert response.json()["detail"] == "Stock limit exceeded!"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("carts/", {"currency": "rupees"}),
        ("checkouts/", {"cart": "x" * 10_000}),
        ("checkouts/", {}),
        ("orders/", {}),
        ("orders/", {"cart": {"$gt": ""}}),
    ],
)
def test_a_body_that_cannot_be_names_its_fields(storefront, path, body):
    response = storefront.post(path, body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("raw", ["{", "", "[]", "null", '"x"', "\xff", '{"quantity": NaN}'])
def test_what_is_no_json_object_is_refused(storefront, raw):
    response = storefront.client.post(
        "/api/v1/checkouts/", raw, content_type="application/json", headers=storefront.headers
    )

    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_a_request_of_ten_megabytes_is_refused(storefront):
    cart = cart_with((sellable_variant(), 1))

    response = storefront.post("orders/", order_body(cart.key, note="x" * 10_000_000))

    assert response.status_code == 413
    assert not Order.objects.exists()


def test_forged_prices_are_never_read_and_a_forged_total_is_refused(storefront):
    cart = cart_with((sellable_variant(price="100.00"), 1))
    body = order_body(cart.key, expected_total="0.01", grand_total="0.01", unit_price="0.01")

    response = storefront.post("orders/", body)

    assert response.status_code == 409
    assert response.json()["errors"][0]["message"] == "The total is 149.00 INR now."
    assert not Order.objects.exists()


def test_what_is_out_of_stock_is_named(storefront):
    lamp = sellable_variant(sku="LAMP", stock=1)
    cart = cart_with((lamp, 1))
    placed_order((lamp, 1), now=timezone.now())

    response = storefront.post("checkouts/", {"cart": cart.key})

    assert response.status_code == 409
    assert response.json()["errors"] == [
        {"field": "LAMP", "code": "out-of-stock", "message": "Only 0 left in stock."}
    ]


def test_the_cart_of_a_customer_is_not_there_for_others(storefront):
    cart = cart_with((sellable_variant(), 1), customer=registered_customer())

    assert storefront.get(f"carts/{cart.key}/").status_code == 404
    assert storefront.post("checkouts/", {"cart": cart.key}).status_code == 404


@pytest.mark.parametrize(
    "path", ["carts/X/", "checkouts/X/", "orders/X/", "payments/X/", "shipments/X/", "products/X/"]
)
def test_guessed_names_are_not_there(storefront, path):
    for guess in ("X", "x" * 26, "%00", "x" * 500):
        response = storefront.get(path.replace("X", guess))

        assert response.status_code == 404


@pytest.mark.req("API-03")
def test_a_key_is_needed_and_opens_what_its_scopes_name(client, storefront, admin):
    order = placed_order(now=timezone.now())
    asked = {
        "nobody": client.get("/api/v1/orders/").status_code,
        "wrong key": client.get(
            "/api/v1/orders/", headers={"Authorization": "Bearer ms_x_guess"}
        ).status_code,
        "expired": Program(client, "admin", expires_at=timezone.now() - timedelta(seconds=1))
        .get("orders/")
        .status_code,
        "storefront": storefront.get("orders/").status_code,
        "admin": admin.get("orders/").status_code,
        "storefront acts": storefront.post(f"orders/{order.number}/activate/").status_code,
    }

    assert asked == {
        "nobody": 401,
        "wrong key": 401,
        "expired": 401,
        "storefront": 403,
        "admin": 200,
        "storefront acts": 403,
    }
    order.refresh_from_db()
    assert order.status == "DRAFT"


@pytest.mark.req("SEC-02")
def test_the_reference_of_a_payment_is_for_admins(storefront, admin):
    payment = placed_order(now=timezone.now()).payments.get()

    assert "reference" not in storefront.get(f"payments/{payment.key}/").json()
    assert "reference" in admin.get(f"payments/{payment.key}/").json()


@pytest.mark.req("ORD-03", "PAY-15")
def test_an_unpaid_order_is_not_completed_by_the_api(admin):
    order = placed_order(payment_method="cod", now=timezone.now())

    refused = admin.post(f"orders/{order.number}/complete/")
    paid = admin.post(f"payments/{order.payments.get().key}/confirm-cash/")
    completed = admin.post(f"orders/{order.number}/complete/")

    assert refused.status_code == 409
    assert "149.00 INR" in refused.json()["detail"]
    assert (paid.status_code, completed.status_code) == (200, 200)
    assert completed.json()["status"] == "COMPLETED"


def test_a_parcel_is_shipped_and_delivered_by_the_api(admin):
    CarrierFactory()
    order = placed_order(payment_method="cod", now=timezone.now())
    parcel = planned_shipment(order)

    shipped = admin.post(
        f"shipments/{parcel.key}/ship/", {"carrier": "bluebird", "tracking_number": "BB9"}
    )
    delivered = admin.post(f"shipments/{parcel.key}/deliver/")
    again = admin.post(f"shipments/{parcel.key}/deliver/")

    assert shipped.json()["tracking_url"] == "https://carrier.example/track/BB9"
    assert (shipped.status_code, delivered.status_code, again.status_code) == (200, 200, 409)
    order.refresh_from_db()
    assert order.fulfillment_status == "DELIVERED"


def test_a_buyer_cancels_and_another_try_is_refused(storefront):
    order = placed_order(now=timezone.now())

    answers = [
        storefront.post(f"orders/{order.number}/cancel/", {"reason": reason}).status_code
        for reason in ("BECAUSE", "CHANGED_MIND", "CHANGED_MIND")
    ]

    assert answers == [409, 200, 409]


def test_products_come_with_prices_and_stock(storefront):
    shoes = sellable_variant(price="100.00", stock=7, sku="SHOE-9")
    sellable_variant(product__is_published=False)

    listed = storefront.get("products/").json()
    one = storefront.get(f"products/{shoes.product.key}/").json()
    stock = storefront.get("stock/", sku=["SHOE-9", "unknown"]).json()

    assert [row["key"] for row in listed["results"]] == [shoes.product.key]
    assert one["variants"][0]["price"] == {"amount": "100.00", "currency": "INR"}
    assert stock == {"results": [{"sku": "SHOE-9", "available": 7}]}
    assert listed["next"] is None


@pytest.mark.parametrize("path", ["products/", "orders/", "shipments/"])
def test_a_list_takes_the_same_queries_for_one_row_and_ten(
    admin, django_assert_max_num_queries, path
):
    CarrierFactory()

    def queries():
        with django_assert_max_num_queries(20) as seen:
            assert admin.get(path).status_code == 200
        return len(seen)

    def add():
        planned_shipment(placed_order(payment_method="cod", now=timezone.now()))

    add()
    queries()
    one = queries()
    for _ in range(9):
        add()
    assert queries() == one


def test_lists_go_on_by_cursor(admin):
    for _ in range(3):
        placed_order(now=timezone.now())

    first = admin.get("orders/", page_size=2).json()
    rest = admin.client.get(first["next"], headers=admin.headers).json()

    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (2, 1, None)
    assert first["results"][0]["grand_total"]["amount"] == str(Decimal("149.00"))


@pytest.mark.req("API-02")
def test_the_description_and_its_page_are_served(client):
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    docs = client.get("/api/docs/")

    assert (schema.status_code, docs.status_code) == (200, 200)
    assert "<style" not in docs.content.decode()
    paths = schema.json()["paths"]
    assert "/api/v1/orders/{number}/" in paths
    assert "post" in paths["/api/v1/carts/{key}/lines/"]
