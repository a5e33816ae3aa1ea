from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, Permission

from shop.core.models import AuditEntry
from shop.directory.access import policies, roles, selectors, services
from shop.directory.access.models import RoleOffer
from shop.directory.customers.models import User
from tests.factories.core import NOW, STAFF_ACTOR
from tests.factories.customers import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
REFERENCE = "payments.payment.reference"


def _documented():
    """Yield (section, row name, role, cell) of the tables in docs/roles.md."""
    section, header = "", []
    text = (Path(settings.BASE_DIR) / "docs" / "roles.md").read_text()
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("| ") and not line.startswith("| ---"):
            first, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not first.startswith("`"):
                header = cells
                continue
            for role, cell in zip(header, cells, strict=True):
                yield section, first.strip("`"), role, cell.strip("`")


def _fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.req("BO-06", "SEC-01")
@pytest.mark.parametrize("role", roles.ROLE_NAMES)
def test_a_role_may_do_what_the_documented_table_says(role):
    user = StaffFactory(role=role)
    existing = {
        f"{row.content_type.app_label}.{row.codename}"
        for row in Permission.objects.select_related("content_type")
    }
    expected = set()
    for section, name, column, cell in _documented():
        if column != role or cell == "–":
            continue
        if section == "Models":
            expected |= roles.permission_names(name, cell)
        elif section == "Steps":
            expected.add(name)

    granted = user.get_all_permissions()

    assert granted == expected & existing
    assert roles.ROLES[role] == expected


@pytest.mark.req("BO-06")
def test_the_table_knows_no_model_that_is_not_there():
    known = {model._meta.label_lower for model in apps.get_models()}
    installed = {app.label for app in apps.get_app_configs()}

    unknown = [name for name in roles.MODELS if name not in known]

    assert [name for name in unknown if name.split(".")[0] in installed] == []


@pytest.mark.req("BO-06", "SEC-01")
def test_every_model_of_ours_in_the_admin_has_a_line_in_the_table():
    shown = {
        model._meta.label_lower
        for model in admin.site._registry
        if model.__module__.split(".")[0] in {"shop", "crm_sync", "reporting"}
    }

    assert sorted(shown - set(roles.MODELS)) == []


@pytest.mark.req("BO-06")
def test_what_staff_took_from_a_role_is_not_given_back():
    seller = Group.objects.get(name=roles.SELLER)
    taken = Permission.objects.get(codename="change_product")
    seller.permissions.remove(taken)

    services.sync_roles()

    assert taken not in seller.permissions.all()


@pytest.mark.req("BO-06")
def test_what_a_new_version_brings_is_given_once():
    seller = Group.objects.get(name=roles.SELLER)
    new = Permission.objects.get(codename="view_product")
    seller.permissions.remove(new)
    RoleOffer.objects.filter(role=roles.SELLER, permission="catalog.view_product").delete()

    assert services.sync_roles() == 1
    assert services.sync_roles() == 0
    assert new in seller.permissions.all()


@pytest.mark.req("BO-06")
def test_a_missing_role_is_made_again():
    Group.objects.get(name=roles.AUDITOR).delete()

    services.sync_roles()

    assert set(Group.objects.values_list("name", flat=True)) >= set(roles.ROLE_NAMES)


@pytest.mark.req("BO-06")
def test_a_role_is_given_with_a_trace_and_makes_staff():
    user = UserFactory()

    services.give_role(user=user, role=roles.SELLER, actor=STAFF_ACTOR, now=NOW)

    user = _fresh(user)
    assert user.is_staff
    assert policies.has_role(user, roles.SELLER)
    assert policies.is_seller_only(user)
    assert AuditEntry.objects.get().after == {"role": "Seller"}


def test_the_role_of_a_customer_makes_no_staff():
    user = UserFactory()

    services.give_role(user=user, role=roles.CUSTOMER, actor=STAFF_ACTOR, now=NOW)

    assert not _fresh(user).is_staff


@pytest.mark.parametrize(
    ("role", "decides"),
    [
        ("Admin", True),
        ("Manager", True),
        ("Seller", False),
        ("Sales rep", False),
        ("Service agent", False),
        ("Warehouse", False),
        ("Auditor", False),
    ],
)
def test_admins_and_managers_decide_for_the_store(role, decides):
    assert policies.is_manager(StaffFactory(role=role)) is decides


def test_a_manager_who_was_deactivated_decides_nothing():
    assert not policies.is_manager(StaffFactory(role="Manager", is_active=False))
    assert not policies.is_manager(AnonymousUser())
    assert policies.is_manager(StaffFactory(is_superuser=True))


def test_a_seller_with_another_role_is_not_only_a_seller():
    user = StaffFactory(role="Seller")
    user.groups.add(Group.objects.get(name="Manager"))

    assert not policies.is_seller_only(user)
    assert not policies.is_seller_only(StaffFactory(role="Seller", is_superuser=True))


@pytest.mark.req("SEC-02")
@pytest.mark.parametrize(
    ("role", "may_see"),
    [
        ("Admin", True),
        ("Manager", True),
        ("Service agent", True),
        ("Auditor", True),
        ("Seller", False),
        ("Sales rep", False),
        ("Warehouse", False),
        ("Customer", False),
    ],
)
def test_a_payment_reference_is_seen_by_few_roles(role, may_see):
    user = StaffFactory(role=role)

    assert policies.may_see_field(user, REFERENCE) is may_see
    assert policies.shown(user, REFERENCE, "pay_1") == ("pay_1" if may_see else "••••")


@pytest.mark.req("SEC-02")
def test_nobody_else_sees_a_payment_reference():
    assert not policies.may_see_field(AnonymousUser(), REFERENCE)
    assert not policies.may_see_field(UserFactory(), REFERENCE)
    assert policies.may_see_field(StaffFactory(is_superuser=True), REFERENCE)
    assert policies.may_see_field(UserFactory(), "orders.order.number")


@pytest.mark.req("SEC-02")
def test_staff_may_hide_the_reference_from_a_role():
    user = StaffFactory(role="Service agent")
    group = Group.objects.get(name="Service agent")
    group.permissions.remove(Permission.objects.get(codename="view_payment_reference"))

    assert not policies.may_see_field(_fresh(user), REFERENCE)


def test_an_actor_is_named_after_the_person():
    staff, buyer = StaffFactory(full_name="Asha"), UserFactory(full_name="Ravi")

    named = selectors.actor_for(staff, channel="admin", correlation_id="R1")
    assert (named.kind, named.key, named.label) == ("STAFF", staff.key, "Asha")
    assert (named.channel, named.correlation_id) == ("admin", "R1")
    assert selectors.actor_for(buyer, channel="web").kind == "CUSTOMER"
    assert selectors.actor_for(AnonymousUser(), channel="web").kind == "GUEST"


def test_the_roles_of_a_user_are_asked_once(django_assert_num_queries):
    user = _fresh(StaffFactory(role="Manager"))

    with django_assert_num_queries(1):
        for _ in range(3):
            policies.has_role(user, "Manager")
