"""The words of the design language write what other pages and outside checks rely on."""

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from shop.doors.storefront import staticfiles

ROOT = Path(settings.BASE_DIR)


def show(source: str, **values) -> str:
    return Template("{% load store %}" + source).render(Context(values))


@pytest.mark.req("SHOP-03", "SHOP-24")
def test_money_is_grouped_as_in_india_and_carries_the_plain_amount():
    assert show("{% money amount %}", amount="1234567.5") == (
        '<span class="money" data-amount="1234567.50" data-currency="INR">₹12,34,567.50</span>'
    )
    assert "₹1,24,999.00" in show("{% money amount %}", amount=124999)


@pytest.mark.req("SHOP-24")
def test_another_locale_changes_the_format_without_code():
    with translation.override("de"):
        assert "1.234.567,50\xa0₹" in show("{% money amount %}", amount="1234567.5")


@pytest.mark.req("SHOP-24")
def test_dates_are_written_as_in_india():
    with translation.override("en-in"):
        assert show("{{ day|date:'SHORT_DATE_FORMAT' }}", day=date(2026, 11, 21)) == "21/11/2026"


def test_an_icon_is_decoration_unless_it_is_labelled():
    assert 'aria-hidden="true"' in show('{% icon "truck" %}')
    assert 'role="img" aria-label="A &lt;b&gt;"' in show('{% icon "truck" label="A <b>" %}')


def test_a_state_is_shown_as_icon_and_word():
    badge = show('{% status_badge "CANCELLED" %}')

    assert "<svg" in badge
    assert badge.endswith("Cancelled</span>")


def test_a_wrong_field_names_its_error_for_assistive_technology():
    class Contact(forms.Form):
        email = forms.EmailField(label="Email")
        company = forms.CharField(label="Company", required=False)

    form = Contact({"email": "x@"})
    html = show("{% field form.email %}", form=form)

    assert '<label for="id_email">Email</label>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert "optional" not in html
    assert "optional" in show("{% field form.company %}", form=form)


def test_every_icon_that_a_template_asks_for_is_there():
    templates = "".join(file.read_text() for file in (ROOT / "templates").rglob("*.html"))
    wanted = set(re.findall(r'{% icon "([a-z0-9-]+)"', templates))

    assert {name for name in wanted if not (ROOT / f"static/icons/{name}.svg").exists()} == set()


def test_no_template_of_ours_has_inline_styles_or_scripts():
    offenders = [
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "templates").rglob("*.html")
        if not {"email", "emails"} & set(file.parts)
        and "print" not in file.parts
        and re.search(r"\sstyle=\"|\son[a-z]+=\"|<style", re.sub("{%.+?%}", "", file.read_text()))
    ]

    assert offenders == []


def test_collected_styles_and_scripts_are_joined_in_order(tmp_path):
    storage = staticfiles.JoiningStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    source = FileSystemStorage(location=str(ROOT / "static"))
    fonts = [f"fonts/{file.name}" for file in (ROOT / "static/fonts").glob("*.woff2")]
    paths = {name: (source, name) for name in [*staticfiles.style_names(), *fonts]}
    for name in paths:
        storage.save(name, source.open(name))

    list(storage.post_process(paths))

    joined = next((tmp_path / "css").glob("site.*.css")).read_text()
    assert (
        joined.index("@layer reset, tokens")
        < joined.index("--paper")
        < joined.index("@media print")
    )
    assert "cart-drawer" in next((tmp_path / "js").glob("site.*.js")).read_text()


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_error_pages_render_without_a_request(name):
    assert "<h1>" in render_to_string(name)
