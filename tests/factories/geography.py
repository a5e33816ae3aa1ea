"""A small directory of places for tests."""

from shop.directory.geography import india, services

ROWS = (
    "517325,Madanapalle H.O,3,1,ANNAMAYYA,ANDHRA PRADESH,13.55405,78.50168",
    "560001,Bengaluru G.P.O.,9,1,BENGALURU URBAN,KARNATAKA,12.98099,77.59138",
    "560034,Koramangala S.O,3,1,BENGALURU URBAN,KARNATAKA,12.9261,77.62664",
    "700001,KOLKATA GPO,13,1,KOLKATA,WEST BENGAL,22.43178,88.2633",
    "122001,Gurgaon HO,12,1,GURUGRAM,HARYANA,28.45987,77.02498",
    "900056,1CBPO,1,1,,,,",
)
_COLUMNS = (
    "pincode",
    "main_office",
    "offices",
    "delivery_offices",
    "district",
    "state",
    "latitude",
    "longitude",
)


def load_places():
    """Fill the directory with the states of India and six PIN codes."""
    rows = [dict(zip(_COLUMNS, row.split(","), strict=True)) for row in ROWS]
    return services.load_india(states=india.STATES, postal_codes=rows)
