"""House rules for tables, over every model of ours."""

from django.apps import apps
from django.db import models

from tests.architecture import tree


def _our_models():
    return [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in tree.PACKAGES
        and not model.__name__.startswith("Historical")
    ]


def _our_fields():
    for model in _our_models():
        for field in model._meta.local_fields:
            yield model, field


def test_no_text_is_nullable():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model, field in _our_fields()
        if isinstance(field, models.CharField | models.TextField) and field.null
    ]

    assert wrong == []


def test_every_relation_says_how_it_is_called_from_the_other_side():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model, field in _our_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.related_name is None
        if not model._meta.proxy and not field.remote_field.parent_link
    ]

    assert wrong == []


def test_no_table_has_a_hidden_order():
    assert [model._meta.label for model in _our_models() if model._meta.ordering] == []


def test_no_table_points_at_anything_at_all():
    assert [
        model._meta.label
        for model in _our_models()
        for field in model._meta.private_fields
        if field.__class__.__name__ == "GenericForeignKey"
    ] == []


def test_money_is_never_a_float():
    floats = [
        f"{model._meta.label}.{field.name}"
        for model, field in _our_fields()
        if isinstance(field, models.FloatField)
        if any(word in field.name for word in ("amount", "price", "total", "fee", "net", "tax"))
    ]

    assert floats == []
