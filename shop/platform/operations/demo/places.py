"""Where the demo store keeps goods and where its customers live."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Warehouse:
    """A place with goods; lower priority serves first."""

    code: str
    name: str
    line1: str
    city: str
    state: str
    postal_code: str
    latitude: float
    longitude: float
    priority: int


@dataclass(frozen=True)
class City:
    """A place where customers live, and how many of a hundred orders go there."""

    name: str
    state: str
    postal_code: str
    streets: tuple[str, ...]
    weight: int


WAREHOUSES = (
    Warehouse("MPL", "Madanapalle", "Industrial Estate, CTM Road", "Madanapalle", "AP", "517325",
              13.5503, 78.5029, 10),
    Warehouse("BLR", "Bengaluru", "Peenya Industrial Area", "Bengaluru", "KA", "560058",
              13.0285, 77.5197, 20),
    Warehouse("BOM", "Mumbai", "Bhiwandi Logistics Park", "Bhiwandi", "MH", "421302",
              19.2813, 73.0483, 20),
    Warehouse("DEL", "Delhi", "Okhla Phase II", "New Delhi", "DL", "110020",
              28.5355, 77.2750, 20),
    Warehouse("CCU", "Kolkata", "Dankuni Freight Complex", "Dankuni", "WB", "712311",
              22.6780, 88.2907, 30),
    Warehouse("MAA", "Chennai", "Ambattur Estate", "Chennai", "TN", "600058",
              13.0983, 80.1622, 30),
    Warehouse("AMD", "Ahmedabad", "Changodar", "Ahmedabad", "GJ", "382213",
              22.9305, 72.4440, 40),
    Warehouse("GAU", "Guwahati", "Amingaon", "Guwahati", "AS", "781031",
              26.1880, 91.6790, 50),
)  # fmt: skip

CITIES = (
    City("Mumbai", "MH", "400050", ("Hill Road", "Carter Road", "Turner Road"), 13),
    City("Bengaluru", "KA", "560038", ("100 Feet Road", "12th Main", "CMH Road"), 13),
    City("New Delhi", "DL", "110017", ("Press Enclave Road", "Malviya Nagar", "Khirki"), 11),
    City("Hyderabad", "TS", "500034", ("Road No. 12", "Banjara Hills", "Lake View"), 8),
    City("Chennai", "TN", "600017", ("Usman Road", "Venkatnarayana Road"), 7),
    City("Kolkata", "WB", "700019", ("Ballygunge Place", "Gariahat Road"), 6),
    City("Pune", "MH", "411001", ("MG Road", "East Street", "Camp"), 6),
    City("Ahmedabad", "GJ", "380009", ("CG Road", "Navrangpura"), 5),
    City("Jaipur", "RJ", "302001", ("MI Road", "Ashok Marg"), 4),
    City("Kochi", "KL", "682016", ("Marine Drive", "MG Road"), 4),
    City("Lucknow", "UP", "226001", ("Hazratganj", "Park Road"), 4),
    City("Madanapalle", "AP", "517325", ("Society Colony", "Bengaluru Road"), 3),
    City("Visakhapatnam", "AP", "530003", ("Beach Road", "Daba Gardens"), 3),
    City("Indore", "MP", "452001", ("MG Road", "Palasia"), 3),
    City("Chandigarh", "CH", "160017", ("Sector 17", "Sector 22"), 2),
    City("Guwahati", "AS", "781005", ("GS Road", "Zoo Road"), 2),
    City("Bhubaneswar", "OD", "751001", ("Janpath", "Unit 3"), 2),
    City("Patna", "BR", "800001", ("Fraser Road", "Exhibition Road"), 2),
    City("Panaji", "GA", "403001", ("18th June Road", "Campal"), 1),
    City("Shillong", "ML", "793001", ("Police Bazar", "Laitumkhrah"), 1),
)  # fmt: skip

FIRST_NAMES = (
    "Aarav", "Aditi", "Ananya", "Arjun", "Bhavna", "Chandran", "Deepa", "Dev", "Divya", "Esha",
    "Farhan", "Gauri", "Harish", "Imran", "Ishita", "Jaya", "Kabir", "Kavya", "Kiran", "Lakshmi",
    "Manish", "Meera", "Mohan", "Nandini", "Neha", "Nikhil", "Omkar", "Pooja", "Pranav", "Priya",
    "Rahul", "Ravi", "Ritu", "Rohan", "Sana", "Sanjay", "Shreya", "Simran", "Suresh", "Tanvi",
    "Uma", "Varun", "Vidya", "Vikram", "Yash", "Zoya",
)  # fmt: skip
LAST_NAMES = (
    "Agarwal", "Bose", "Chatterjee", "Das", "Desai", "Fernandes", "Ghosh", "Gupta", "Iyer", "Jain",
    "Joshi", "Kapoor", "Khan", "Kulkarni", "Kumar", "Mehta", "Menon", "Mishra", "Nair", "Naidu",
    "Patel", "Patil", "Pillai", "Rao", "Reddy", "Roy", "Saxena", "Shah", "Sharma", "Singh",
    "Srinivasan", "Thomas", "Verma", "Yadav",
)  # fmt: skip
