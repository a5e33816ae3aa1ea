import pytest


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "products").mkdir(parents=True)
    (tmp_path / "media" / "products" / "lamp.webp").write_bytes(b"RIFF")
    (tmp_path / "secret.txt").write_text("not for visitors")


@pytest.mark.req("OPS-12")
def test_a_picture_is_served_and_kept_by_browsers(client, picture, db):
    response = client.get("/media/products/lamp.webp")

    assert b"".join(response.streaming_content) == b"RIFF"
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("../secret.txt", 400),
        ("%2e%2e/secret.txt", 400),
        ("products/../../secret.txt", 400),
        ("products/", 404),
        ("none.webp", 404),
    ],
)
def test_nothing_beside_the_pictures_can_be_had(client, picture, db, path, status):
    assert client.get(f"/media/{path}").status_code == status


def test_a_picture_cannot_be_written_to(client, picture, db):
    assert client.post("/media/products/lamp.webp").status_code == 405
