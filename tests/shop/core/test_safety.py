import pytest
from cryptography.fernet import Fernet

from shop.core import crypto, health, panels, search_keys
from shop.core.csv_safety import neutralise


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("@cmd", "'@cmd"),
        ("-2+3", "'-2+3"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("-12.50", "-12.50"),
        ("+91", "+91"),
        ("Lamp", "Lamp"),
        ("", ""),
        (12, 12),
        (None, None),
    ],
)
def test_a_spreadsheet_runs_no_cell_of_ours(cell, safe):
    assert neutralise(cell) == safe


def test_a_secret_is_readable_after_its_key_was_followed_by_another(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [old]
    hidden = crypto.encrypt("client secret")

    settings.FIELD_ENCRYPTION_KEYS = [new, old]

    assert crypto.decrypt(hidden) == "client secret"
    assert "client secret" not in hidden


def test_a_secret_under_a_lost_key_is_unreadable(settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    hidden = crypto.encrypt("client secret")

    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(crypto.Unreadable):
        crypto.decrypt(hidden)


def test_a_column_hides_what_is_stored_and_reads_it_back():
    field = crypto.EncryptedTextField()

    stored = field.get_prep_value("token")

    assert stored != "token"
    assert field.from_db_value(stored) == "token"
    assert field.get_prep_value("") == ""


def test_a_page_shows_the_panels_that_its_reader_may_see(monkeypatch):
    monkeypatch.setattr(panels, "_panels", panels.defaultdict(dict))
    for name, policy in (("open", lambda user: True), ("closed", lambda user: user == "boss")):
        panels.register(panels.Panel(name, "admin.order", name, policy, dict, "x.html"))

    assert [panel.name for panel in panels.panels_for("admin.order", "clerk")] == ["open"]
    assert len(panels.panels_for("admin.order", "boss")) == 2
    assert panels.panels_for("admin.customer", "boss") == []


def test_orders_are_found_by_every_kind_of_word_once(monkeypatch):
    monkeypatch.setattr(search_keys, "_finders", {})
    search_keys.register("number", lambda text: [3, 1] if text == "A" else [])
    search_keys.register("tracking", lambda text: [1, 2])

    assert search_keys.find_orders(" A ") == [3, 1, 2]
    assert search_keys.find_orders("  ") == []


def test_every_question_after_health_is_answered(monkeypatch):
    monkeypatch.setattr(health, "_probes", {})
    health.register("mail", lambda now: health.Probe(ok=False, detail="stuck"))

    assert health.run(None) == {"mail": health.Probe(ok=False, detail="stuck")}
