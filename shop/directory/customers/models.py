"""People as rows: who signs in, who buys, where they live, what they agreed to."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField
from shop.core.rows import HotRow


def normalize_email(email: str) -> str:
    """Write an e-mail address the one way in which we compare it."""
    return email.strip().lower()


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a person who can sign in."""
        if not normalize_email(email):
            raise ValueError("A user needs an e-mail address")
        user = self.model(email=normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a person who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail in any case."""
        return self.get(email=normalize_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in."""

    key = KeyField()
    email = models.EmailField("e-mail", unique=True)
    full_name = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_staff = models.BooleanField("staff", default=False)
    is_active = models.BooleanField("active", default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def clean(self) -> None:
        """Normalise what forms bring."""
        self.email = normalize_email(self.email)

    def get_full_name(self) -> str:
        """Answer the name, as third parties ask for it."""
        return self.full_name

    def get_short_name(self) -> str:
        """Answer the first word of the name."""
        return self.full_name.split(" ")[0]


class Customer(HotRow):
    """A person or company that buys, with a user or as a guest."""

    class SignupSource(models.TextChoices):
        """Where a customer came from."""

        WEBSITE = "website", "Website"
        SOCIAL_MEDIA = "social_media", "Social media"

    key = KeyField()
    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="customer"
    )
    email = models.EmailField("e-mail", blank=True, db_index=True)
    full_name = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=40, default="web")
    source_number = models.CharField(max_length=60, blank=True)
    signup_source = models.CharField(
        max_length=20, choices=SignupSource, default=SignupSource.WEBSITE
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_customers",
        help_text="The sales rep",
    )
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    order_count = models.PositiveIntegerField(default=0)
    lifetime_value = AmountField(default=0)
    currency = CurrencyField(default="INR")
    marketing_consent_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    custom = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(user__isnull=True, merged_into__isnull=True) & ~Q(email=""),
                name="one_guest_per_email",
            ),
            models.UniqueConstraint(
                fields=["source", "source_number"],
                condition=~Q(source_number=""),
                name="customer_source_number_once",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="customer_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.company_name or self.email or self.key

    @property
    def is_guest(self) -> bool:
        """Whether nobody can sign in as this customer."""
        return self.user_id is None


class LeadManager(models.Manager["Lead"]):
    """Finds the customers who have not bought yet."""

    def get_queryset(self) -> models.QuerySet["Lead"]:
        """Answer customers without an order that were not merged away."""
        return super().get_queryset().filter(first_order_at=None, merged_into=None)


class Lead(Customer):
    """A customer who has not bought yet."""

    objects: ClassVar[LeadManager] = LeadManager()

    class Meta:
        proxy = True


class Address(models.Model):
    """An entry of a customer's address book."""

    key = KeyField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    full_name = models.CharField(max_length=150)
    phone = models.CharField(max_length=32, blank=True)
    line1 = models.CharField("address", max_length=200)
    line2 = models.CharField("address, second line", max_length=200, blank=True)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=60, blank=True)
    postal_code = models.CharField("PIN code", max_length=12, blank=True)
    country = models.CharField(max_length=2, default="IN")
    is_default_shipping = models.BooleanField(default=False)
    is_default_billing = models.BooleanField(default=False)
    override_note = models.CharField(
        max_length=200, blank=True, help_text="Why staff kept an address that checks refuse"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default_shipping=True),
                name="one_default_shipping_address",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default_billing=True),
                name="one_default_billing_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}, {self.city}"


class Consent(models.Model):
    """What a customer agreed to: when, where, to which words, and until when."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=40)
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40)
    text_version = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_consent_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
