"""Variants as choices: which value leads to which variant, and what cannot be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shop.pricing.price_lists.data import ListPrice


@dataclass(frozen=True)
class Choice:
    """A variant with its price and what is left of it."""

    key: str
    sku: str
    title: str
    barcode: str
    image_id: int | None
    values: Mapping[str, str]
    price: ListPrice | None
    available: int

    @property
    def is_ready(self) -> bool:
        """Whether it can be bought now."""
        return self.price is not None and self.available > 0

    @classmethod
    def nothing(cls) -> "Choice":
        """Stands in where a product has no variant that is for sale."""
        return cls("", "", "", "", None, {}, None, 0)


@dataclass(frozen=True)
class OptionValue:
    """A button: where it leads, and whether that can be had (`out`, `none` or nothing to say)."""

    label: str
    sku: str
    is_chosen: bool
    state: str


@dataclass(frozen=True)
class OptionGroup:
    """An option such as size, with its values in the order of the variants."""

    name: str
    chosen: str
    values: Sequence[OptionValue]


def groups_of(
    names: Sequence[str], choices: Sequence[Choice], chosen: Choice
) -> tuple[OptionGroup, ...]:
    """The options of a product as groups of buttons."""
    if len(choices) < 2:
        return ()
    if not names:
        return (_by_title(choices, chosen),)
    return tuple(_group(name, choices, chosen) for name in names)


def _by_title(choices: Sequence[Choice], chosen: Choice) -> OptionGroup:
    values = tuple(
        OptionValue(
            label=choice.title or choice.sku,
            sku=choice.sku,
            is_chosen=choice.sku == chosen.sku,
            state="" if choice.is_ready else "out",
        )
        for choice in choices
    )
    return OptionGroup(name="Variant", chosen=chosen.title or chosen.sku, values=values)


def _group(name: str, choices: Sequence[Choice], chosen: Choice) -> OptionGroup:
    labels = dict.fromkeys(choice.values[name] for choice in choices if name in choice.values)
    return OptionGroup(
        name=name,
        chosen=chosen.values.get(name, ""),
        values=tuple(_value(name, label, choices, chosen) for label in labels),
    )


def _value(name: str, label: str, choices: Sequence[Choice], chosen: Choice) -> OptionValue:
    with_value = [choice for choice in choices if choice.values.get(name) == label]
    wanted = {**chosen.values, name: label}
    exact = next((choice for choice in with_value if dict(choice.values) == wanted), None)
    target = exact or next((choice for choice in with_value if choice.is_ready), with_value[0])
    return OptionValue(
        label=label,
        sku=target.sku,
        is_chosen=chosen.values.get(name) == label,
        state=_state(exact),
    )


def _state(exact: Choice | None) -> str:
    if exact is None:
        return "none"
    return "" if exact.is_ready else "out"
