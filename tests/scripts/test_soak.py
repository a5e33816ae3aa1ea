from scripts import soak

REPORT = """<testsuites><testsuite>
<testcase classname="tests.races.test_kills" name="test_one" time="12.34">
<properties><property name="orders" value="500"/><property name="sync_seconds" value="8.5"/>
</properties></testcase>
<testcase classname="tests.races.test_kills" name="test_two" time="1"><failure message="no"/>
</testcase>
<testcase classname="tests.contract.test_node" name="test_three" time="0"><skipped/></testcase>
</testsuite></testsuites>"""


def test_the_report_tells_outcome_time_and_figures_of_each_test(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)

    assert soak.outcomes(tmp_path / "report.xml") == [
        {
            "test": "tests.races.test_kills::test_one",
            "outcome": "passed",
            "seconds": 12.3,
            "figures": {"orders": 500, "sync_seconds": 8.5},
        },
        {
            "test": "tests.races.test_kills::test_two",
            "outcome": "failure",
            "seconds": 1.0,
            "figures": {},
        },
        {
            "test": "tests.contract.test_node::test_three",
            "outcome": "skipped",
            "seconds": 0.0,
            "figures": {},
        },
    ]
