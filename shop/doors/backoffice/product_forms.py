"""Forms of the product page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminImageFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
)

from shop.core import options
from shop.goods.catalog import attribute_values
from shop.goods.catalog.exceptions import InvalidAttributeValue
from shop.goods.catalog.models import AttributeValue, Category, Product, ProductImage, Variant
from shop.pricing.price_lists import selectors as price_lists

LARGEST_PICTURE = 15 * 1024 * 1024


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One category, named by its place in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        """The whole path: names repeat in a tree."""
        return str(obj.path)


class CategoriesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several categories, named by their place in the tree."""

    def label_from_instance(self, obj: Any) -> str:
        """The whole path: names repeat in a tree."""
        return str(obj.path)


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """A product; its places in the tree and its options are written as people write them."""

    main_category = CategoryField(
        label=_("Main category"),
        queryset=Category.objects.order_by("path"),
        required=False,
        widget=UnfoldAdminSelect2Widget,
    )
    places = CategoriesField(
        label=_("Also listed in"),
        queryset=Category.objects.order_by("path"),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    option_list = forms.CharField(
        label=_("Options"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What variants differ in, separated by commas: Size, Colour"),
    )

    class Meta:
        model = Product
        fields = (
            "name", "brand", "product_type", "short_description", "description", "is_published",
            "is_featured", "owner", "tax_class", "hsn_code", "slug", "meta_title",
            "meta_description",
        )  # fmt: skip
        labels = {"hsn_code": _("HSN code"), "slug": _("Address of the page")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if self.instance.pk:
            main = self.instance.primary_category_id
            self.initial["main_category"] = main
            self.initial["places"] = [
                place
                for place in self.instance.category_places.order_by("position").values_list(
                    "category", flat=True
                )
                if place != main
            ]
            self.initial["option_list"] = ", ".join(self.instance.option_names)

    def clean_option_list(self) -> list[str]:
        """Names of options, in order, each once."""
        names = [part.strip() for part in self.cleaned_data["option_list"].split(",")]
        return list(dict.fromkeys(name for name in names if name))


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant with its price in the default price list."""

    price = forms.DecimalField(
        label=_("Price"), min_value=Decimal(0), max_digits=19, decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip
    compare_at = forms.DecimalField(
        label=_("Old price"), min_value=Decimal(0), max_digits=19, decimal_places=4, required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip

    option_values = forms.CharField(
        label=_("Options"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget,
        help_text=_("Such as Size: 9, Colour: Black"),
    )  # fmt: skip

    class Meta:
        model = Variant
        fields = ("sku", "option_values", "barcode", "weight_grams", "is_active", "position")
        labels = {"sku": _("SKU"), "weight_grams": _("Grams"), "is_active": _("On sale")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["option_values"] = ", ".join(
                f"{name}: {value}" for name, value in self.instance.option_values.items()
            )
            default = price_lists.default_price_list(options.value("store.currency"))
            for price in self.instance.prices.all():
                if default is not None and price.price_list_id == default.pk:
                    self.initial["price"] = _short(price.amount)
                    self.initial["compare_at"] = _short(price.compare_at)

    def clean_option_values(self) -> dict[str, str]:
        """A mapping of option to value; a comma without a new name belongs to the value."""
        values: dict[str, str] = {}
        name = ""
        for part in filter(str.strip, self.cleaned_data["option_values"].split(",")):
            before, colon, after = part.partition(":")
            if colon and before.strip():
                name = before.strip()
                values[name] = after.strip()
            elif name:
                values[name] += f",{part}"
            else:
                raise forms.ValidationError(_("Write options like Size: 9, Colour: Black."))
        return values

    def clean(self) -> dict[str, Any]:
        """An old price that is no higher than the price would only confuse."""
        cleaned = super().clean() or self.cleaned_data
        price, old = cleaned.get("price"), cleaned.get("compare_at")
        if price is not None and old is not None and old <= price:
            self.add_error("compare_at", _("The old price must be higher than the price."))
        return cleaned


def _short(amount: Decimal | None) -> Decimal | None:
    """Two decimals where the other two are zeros, so that the figure fits its field."""
    if amount is None or amount != amount.quantize(Decimal("0.01")):
        return amount
    return amount.quantize(Decimal("0.01"))


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """A picture; renditions are made when it is saved."""

    upload = forms.ImageField(
        label=_("New picture"), required=False, widget=UnfoldAdminImageFieldWidget
    )

    class Meta:
        model = ProductImage
        fields = ("alt", "position")
        labels = {"alt": _("What it shows")}

    def clean(self) -> dict[str, Any]:
        """A new row needs a file, and no file may be huge."""
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.get("upload")
        if not self.instance.pk and not upload and self.has_changed():
            self.add_error("upload", _("Choose a picture."))
        if upload and upload.size > LARGEST_PICTURE:
            self.add_error("upload", _("The picture is larger than 15 MB."))
        return cleaned


class AttributeValueForm(forms.ModelForm):  # type: ignore[type-arg]
    """One attribute; its value is read by the attribute's kind."""

    value = forms.CharField(
        label=_("Value"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = AttributeValue
        fields = ("attribute",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            kind = self.instance.attribute.kind
            choice = self.instance.choice
            found = choice.value if choice else self.instance.plain(kind)
            self.initial["value"] = "" if found is None else str(found)

    def clean(self) -> dict[str, Any]:
        """Say beside the field when a value does not fit its attribute."""
        cleaned = super().clean() or self.cleaned_data
        attribute, value = cleaned.get("attribute"), cleaned.get("value")
        if attribute and value:
            choice = attribute.choices.filter(value=value.strip()).first()
            try:
                attribute_values.columns(attribute, value, choice)
            except InvalidAttributeValue as problem:
                self.add_error("value", str(problem))
        return cleaned
