"""Controls that are drawn without a template look like those that are drawn with one."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from shop.doors.storefront.form_renderer import FormRenderer


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.found.append(data.strip())


CHOICES = [("", "Choose"), ("KA", "Karnataka"), ("O'N", 'A "quoted" <b>state</b>')]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(attrs={"autocomplete": "name", "required": True}), "Asha & <Rao>"),
        (forms.TextInput(attrs={"disabled": False}), None),
        (forms.EmailInput(), '"><script>'),
        (forms.NumberInput(attrs={"min": 0}), 3),
        (forms.HiddenInput(), "12.50"),
        (forms.PasswordInput(), "never shown"),
        (forms.DateInput(attrs={"type": "date"}), "2026-11-21"),
        (forms.Select(choices=CHOICES, attrs={"required": True}), "O'N"),
        (forms.Select(choices=CHOICES), None),
        (forms.CheckboxInput(), True),
        (forms.Textarea(attrs={"rows": 3}), "two\nlines"),
    ],
)
def test_a_control_says_the_same_with_and_without_a_template(widget, value):
    drawn = widget.render("b-name", value, {"id": "id_x"}, renderer=FormRenderer())
    templated = widget.render("b-name", value, {"id": "id_x"}, renderer=TemplatesSetting())

    assert Tags(drawn).found == Tags(templated).found
