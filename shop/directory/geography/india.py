"""India as the post and GST name it: states, regions, and cities with two names."""

from dataclasses import dataclass

INDIA = "IN"


@dataclass(frozen=True, slots=True)
class IndianState:
    """A state or union territory: ISO code, GST code, name, sales region."""

    code: str
    gst_code: str
    name: str
    region: str


REGIONS = {
    "north": "North",
    "south": "South",
    "east": "East",
    "west": "West",
    "central": "Central",
    "north_east": "North-East",
}

STATES: tuple[IndianState, ...] = (
    IndianState("AN", "35", "Andaman and Nicobar Islands", "south"),
    IndianState("AP", "37", "Andhra Pradesh", "south"),
    IndianState("AR", "12", "Arunachal Pradesh", "north_east"),
    IndianState("AS", "18", "Assam", "north_east"),
    IndianState("BR", "10", "Bihar", "east"),
    IndianState("CH", "04", "Chandigarh", "north"),
    IndianState("CG", "22", "Chhattisgarh", "central"),
    IndianState("DH", "26", "Dadra and Nagar Haveli and Daman and Diu", "west"),
    IndianState("DL", "07", "Delhi", "north"),
    IndianState("GA", "30", "Goa", "west"),
    IndianState("GJ", "24", "Gujarat", "west"),
    IndianState("HR", "06", "Haryana", "north"),
    IndianState("HP", "02", "Himachal Pradesh", "north"),
    IndianState("JK", "01", "Jammu and Kashmir", "north"),
    IndianState("JH", "20", "Jharkhand", "east"),
    IndianState("KA", "29", "Karnataka", "south"),
    IndianState("KL", "32", "Kerala", "south"),
    IndianState("LA", "38", "Ladakh", "north"),
    IndianState("LD", "31", "Lakshadweep", "south"),
    IndianState("MP", "23", "Madhya Pradesh", "central"),
    IndianState("MH", "27", "Maharashtra", "west"),
    IndianState("MN", "14", "Manipur", "north_east"),
    IndianState("ML", "17", "Meghalaya", "north_east"),
    IndianState("MZ", "15", "Mizoram", "north_east"),
    IndianState("NL", "13", "Nagaland", "north_east"),
    IndianState("OD", "21", "Odisha", "east"),
    IndianState("PY", "34", "Puducherry", "south"),
    IndianState("PB", "03", "Punjab", "north"),
    IndianState("RJ", "08", "Rajasthan", "north"),
    IndianState("SK", "11", "Sikkim", "north_east"),
    IndianState("TN", "33", "Tamil Nadu", "south"),
    IndianState("TS", "36", "Telangana", "south"),
    IndianState("TR", "16", "Tripura", "north_east"),
    IndianState("UP", "09", "Uttar Pradesh", "north"),
    IndianState("UK", "05", "Uttarakhand", "north"),
    IndianState("WB", "19", "West Bengal", "east"),
)

BY_CODE = {state.code: state for state in STATES}
# Older ISO codes, older names and spellings that files and people still use.
_OTHER_NAMES = {
    "ct": "CG",
    "or": "OD",
    "orissa": "OD",
    "tg": "TS",
    "ut": "UK",
    "uttaranchal": "UK",
    "dd": "DH",
    "dn": "DH",
    "the dadra and nagar haveli and daman and diu": "DH",
    "daman and diu": "DH",
    "dadra and nagar haveli": "DH",
    "pondicherry": "PY",
    "new delhi": "DL",
    "nct of delhi": "DL",
    "andaman & nicobar islands": "AN",
    "jammu & kashmir": "JK",
}
_BY_TEXT = {
    **{name: BY_CODE[code] for name, code in _OTHER_NAMES.items()},
    **{state.gst_code: state for state in STATES},
    **{state.name.lower(): state for state in STATES},
    **{state.code.lower(): state for state in STATES},
}

CITY_ALIASES = {
    "allahabad": "Prayagraj",
    "bangalore": "Bengaluru",
    "baroda": "Vadodara",
    "belgaum": "Belagavi",
    "benares": "Varanasi",
    "bombay": "Mumbai",
    "calcutta": "Kolkata",
    "calicut": "Kozhikode",
    "cochin": "Kochi",
    "gauhati": "Guwahati",
    "gurgaon": "Gurugram",
    "hubli": "Hubballi",
    "madras": "Chennai",
    "mangalore": "Mangaluru",
    "mysore": "Mysuru",
    "new bombay": "Navi Mumbai",
    "ooty": "Udhagamandalam",
    "pondicherry": "Puducherry",
    "poona": "Pune",
    "simla": "Shimla",
    "trivandrum": "Thiruvananthapuram",
    "vizag": "Visakhapatnam",
}


def find_state(text: str) -> IndianState | None:
    """Answer the state that a code, a GST code or a name means."""
    return _BY_TEXT.get(" ".join(text.lower().split()))
