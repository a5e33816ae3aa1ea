"""The words of templates stay what Django would have said."""

import pytest
from django.template import Context, engines
from django.templatetags import i18n

PIECES = [
    '{% translate "Add to cart" %}',
    "{% trans 'Email Addresses' %}",
    '{% translate "Bits & <b>pieces</b>" %}',
    '{% translate "100% wool" %}',
    "{% translate name %}",
    '{% translate "lower case"|title %}',
    '{% translate "a"|default:"b" %}',
    '{% translate "Close" as word %}[{{ word }}]',
    '{% translate "May" context "verb" %}',
    "{% blocktranslate %}Whole 100% sentence{% endblocktranslate %}",
    "{% blocktranslate %}Thank you, {{ name }}{% endblocktranslate %}",
    "{% blocktranslate with who=name|upper %}{{ who }} and {{ who }}{% endblocktranslate %}",
    "{% blocktranslate trimmed %}\n  Two\n  lines {{ day }}\n{% endblocktranslate %}",
    "{% blocktranslate %}Nobody is called {{ unknown }}{% endblocktranslate %}",
    "{% blocktranslate asvar said %}{{ name }}{% endblocktranslate %}[{{ said }}]",
    "{% blocktranslate count total=3 %}{{ total }} thing{% plural %}{{ total }} things"
    "{% endblocktranslate %}",
    "{% autoescape off %}{% blocktranslate %}{{ name }}{% endblocktranslate %}{% endautoescape %}",
]
GIVEN = {"name": "<Asha> & Co", "day": 1234567}


def _drawn(piece):
    return engines["django"].engine.from_string("{% load i18n %}" + piece).render(Context(GIVEN))


def _drawn_by_django(piece, monkeypatch):
    engine = engines["django"].engine
    monkeypatch.setitem(engine.template_libraries, "i18n", i18n.register)
    return engine.from_string("{% load i18n %}" + piece).render(Context(GIVEN))


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_of_a_template_reads_as_django_would_draw_it(piece, monkeypatch):
    ours = _drawn(piece)

    assert ours == _drawn_by_django(piece, monkeypatch)


def test_a_literal_is_translated_when_the_template_is_read():
    engine = engines["django"].engine
    read = engine.from_string('{% load i18n %}{% translate "Email Addresses" %}')

    assert [type(node).__name__ for node in read.nodelist] == ["LoadNode", "TextNode"]
    assert read.render(Context()) == "E-mail addresses"


def test_with_two_languages_a_literal_waits_for_the_reader(settings):
    settings.LANGUAGES = [("en-in", "English"), ("hi", "Hindi")]
    read = engines["django"].engine.from_string(
        '{% load i18n %}{% translate "Close" %}{% blocktranslate %}Open{% endblocktranslate %}'
    )

    names = [type(node).__name__ for node in read.nodelist]
    assert names == ["LoadNode", "TranslateNode", "BlockTranslateNode"]
