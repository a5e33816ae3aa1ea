"""Users, customers and addresses for tests."""

import factory
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from shop.directory.customers.models import Address, Customer, User
from shop.directory.geography.addresses import PostalAddress

PASSWORD = "a long enough phrase 7"
MADANAPALLE = PostalAddress(
    full_name="Ravi Kumar",
    phone="+91 98480 22338",
    line1="12 Society Colony",
    line2="",
    city="Madanapalle",
    state="AP",
    postal_code="517325",
)
BENGALURU = PostalAddress(
    full_name="Meera Nair",
    phone="+91 98860 11223",
    line1="4 Church Street",
    line2="Second floor",
    city="Bengaluru",
    state="KA",
    postal_code="560001",
)


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody who can sign in with `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"user{number}@example.com")
    full_name = factory.Sequence(lambda number: f"User {number}")
    password = factory.django.Password(PASSWORD)


def enrol(user):
    """Give a user a second factor, without which staff see the enrolment page only."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
    return user


class StaffFactory(UserFactory):
    """Somebody who works for the store, with a second factor.

    `role="Seller"` gives a role, `second_factor=False` leaves the second factor out.
    """

    is_staff = True

    @factory.post_generation
    def second_factor(self, create, extracted, **kwargs):
        """Enrol the user unless told otherwise."""
        if create and extracted is not False:
            enrol(self)

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        """Put the user in a ready role."""
        if create and extracted:
            self.groups.add(Group.objects.get_or_create(name=extracted)[0])


class CustomerFactory(factory.django.DjangoModelFactory):
    """A registered customer with a user of the same e-mail."""

    class Meta:
        model = Customer

    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(lambda row: row.user.email)
    full_name = factory.LazyAttribute(lambda row: row.user.full_name)


class GuestFactory(factory.django.DjangoModelFactory):
    """A customer without a user."""

    class Meta:
        model = Customer

    email = factory.Sequence(lambda number: f"guest{number}@example.com")
    full_name = factory.Sequence(lambda number: f"Guest {number}")


class AddressFactory(factory.django.DjangoModelFactory):
    """An entry of an address book."""

    class Meta:
        model = Address

    customer = factory.SubFactory(CustomerFactory)
    full_name = "Ravi Kumar"
    line1 = "12 Society Colony"
    city = "Madanapalle"
    state = "AP"
    postal_code = "517325"
