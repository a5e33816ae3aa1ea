import json

import pytest
from django.core.management import call_command

from shop.directory.geography.selectors import find_postal_code


@pytest.mark.django_db
def test_places_are_loaded_by_one_command(capsys):
    call_command("load_places", "--json")

    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer == {"states": 36, "postal_codes": 19586}
    assert find_postal_code("517325").state_code == "AP"
