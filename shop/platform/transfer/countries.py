"""Country names as files write them."""

from functools import cache

from babel import Locale

# Names of trade and old files that no register has. A union of countries is no country.
_OTHER_NAMES = {
    "eire": "IE",
    "rsa": "ZA",
    "usa": "US",
    "uk": "GB",
    "england": "GB",
    "channel islands": "JE",
    "european community": "",
    "unspecified": "",
    "hong kong": "HK",
    "czech republic": "CZ",
    "korea": "KR",
    "bharat": "IN",
}
_CODE_LENGTH = 2


@cache
def country_code(name: str) -> str:
    """Answer the two-letter code of a country, or nothing where the name stands for none."""
    wanted = " ".join(name.lower().split())
    if wanted in _OTHER_NAMES:
        return _OTHER_NAMES[wanted]
    if len(wanted) == _CODE_LENGTH and wanted.upper() in _codes().values():
        return wanted.upper()
    return _codes().get(wanted, "")


@cache
def _codes() -> dict[str, str]:
    territories = Locale("en").territories
    return {
        name.lower(): code
        for code, name in territories.items()
        if len(code) == _CODE_LENGTH and code.isalpha()
    }
