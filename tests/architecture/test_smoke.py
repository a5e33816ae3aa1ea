from django.core.management import call_command


def test_the_project_passes_the_system_checks():
    call_command("check")
