"""A certificate of the org's own, for clients that speak with encryption only."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from crm_sync.localorg import clock
from crm_sync.localorg.credentials import write_private

KEY, CERTIFICATE = "pubsub_private.pem", "pubsub_certificate.pem"
LIFE = timedelta(days=3650)


def _make(folder: Path) -> None:
    """Make a key, and a certificate for this machine's own names that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost")]
    addresses = [x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", "::1")]
    present = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(present - timedelta(days=1))
        .not_valid_after(present + LIFE)
        .add_extension(x509.SubjectAlternativeName([*names, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / KEY, secret.decode())
    (folder / CERTIFICATE).write_bytes(certificate.public_bytes(Encoding.PEM))


def credentials(folder: Path) -> Any:
    """Return what the server needs to encrypt; the certificate stays the same over restarts."""
    if not (folder / KEY).exists() or not (folder / CERTIFICATE).exists():
        _make(folder)
    pair = ((folder / KEY).read_bytes(), (folder / CERTIFICATE).read_bytes())
    return grpc.ssl_server_credentials([pair])
