"""Mail without a server: files that mail programs open."""

import email
from email.policy import default as policy

import pytest
from django.core.mail import EmailMultiAlternatives

from config import mail


@pytest.mark.req("NOT-01")
def test_each_mail_is_a_file_that_a_mail_program_opens(tmp_path, settings):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    letters = []
    for name in ("Asha", "Meera"):
        letter = EmailMultiAlternatives(f"₹100 for {name}", "1 × Lamp\n", to=["a@example.com"])
        letter.attach_alternative(f"<p>1 × {name}</p>", "text/html")
        letters.append(letter)

    assert mail.MailFiles().send_messages(letters) == 2

    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    read = [email.message_from_bytes(path.read_bytes(), policy=policy) for path in files]
    assert [letter["Subject"] for letter in read] == ["₹100 for Asha", "₹100 for Meera"]
    assert read[0].get_body(("plain",)).get_content() == "1 × Lamp\n"
    assert "<p>1 × Asha</p>" in read[0].get_body(("html",)).get_content()


def test_only_a_folder_means_files():
    server = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "mx"}

    assert mail.configure(server) == server
    assert mail.configure({"EMAIL_BACKEND": mail.DJANGO_FILES}) == {
        "EMAIL_BACKEND": "config.mail.MailFiles"
    }
