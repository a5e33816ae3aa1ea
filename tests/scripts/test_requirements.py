from scripts import requirements


def test_each_id_is_listed_with_the_tests_that_carry_it(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_orders.py").write_text(
        "import pytest\n"
        '@pytest.mark.req("ORD-10", "ORD-9")\ndef test_one(): pass\n'
        '@pytest.mark.slow\n@pytest.mark.req("ORD-9")\ndef test_two(): pass\n'
        "def test_three(): pass\n"
    )

    assert list(requirements.proofs(folder).items()) == [
        ("ORD-9", ["tests/test_orders.py::test_one", "tests/test_orders.py::test_two"]),
        ("ORD-10", ["tests/test_orders.py::test_one"]),
    ]


def test_every_mark_of_this_project_is_an_id():
    found = requirements.proofs(requirements.ROOT / "tests")

    assert [name for name in found if not requirements.ID.fullmatch(name)] == []
    assert "SEC-09" in found
