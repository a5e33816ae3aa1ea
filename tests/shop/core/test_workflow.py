import pytest

from shop.core.workflow import BrokenWorkflow, Transition, TransitionRefused, Workflow

LIGHT = Workflow(
    "light",
    transitions=[
        Transition(event="switch on", sources=("OFF",), target="ON"),
        Transition(event="switch off", sources=("ON",), target="OFF"),
        Transition(event="break", sources=("OFF", "ON"), target="BROKEN"),
    ],
)


def test_an_allowed_step_leads_to_its_target():
    assert LIGHT.target("OFF", "switch on") == "ON"
    assert [step.event for step in LIGHT.allowed("ON")] == ["switch off", "break"]
    assert LIGHT.allowed("BROKEN") == ()


def test_any_other_step_is_refused_and_says_why():
    with pytest.raises(TransitionRefused, match="switch on is not possible while BROKEN"):
        LIGHT.target("BROKEN", "switch on")

    assert not LIGHT.allows("BROKEN", "switch on")


def test_a_table_with_a_state_that_nothing_leads_to_is_refused():
    with pytest.raises(BrokenWorkflow, match="nothing leads to LOST"):
        Workflow(
            "light",
            transitions=[
                Transition(event="switch on", sources=("OFF",), target="ON"),
                Transition(event="find", sources=("LOST",), target="OFF"),
            ],
        )


def test_a_table_with_two_answers_to_one_event_is_refused():
    with pytest.raises(BrokenWorkflow, match="told twice"):
        Workflow(
            "light",
            transitions=[
                Transition(event="switch", sources=("OFF",), target="ON"),
                Transition(event="switch", sources=("OFF", "ON"), target="OFF"),
            ],
        )
