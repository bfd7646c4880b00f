"""The people of every story. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from rehab.models import RoleName

KOLKATA = "Asia/Kolkata"
BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"

START = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
"""Sunday afternoon, 16:00 in Mumbai: nobody reads, and tomorrow is a working day."""
SURGERY_ON = date(2026, 11, 14)
"""On Monday the 23rd it is day 9: a check-in every day."""


@dataclass(frozen=True)
class PatientRole:
    """Somebody with a new hip and a phone."""

    chat_id: int
    name: str
    birth_year: int = 1974
    zone: str = KOLKATA
    language: str = "en"
    phone: str = "+91 22 5550 0142"

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


@dataclass(frozen=True)
class StaffRole:
    """Somebody who works at the clinic."""

    chat_id: int
    name: str
    email: str
    role: RoleName


ASHA = PatientRole(1001, "Asha Patil")
OLU = PatientRole(1002, "Olu Adeyemi", zone=BERLIN)
OLU_OVERSEAS = PatientRole(1003, "Olumide Bello", zone=NEW_YORK)
NANDINI = PatientRole(1004, "Nandini Sharma", language="hi")
MANGALA = PatientRole(1005, "Mangala Kale", language="mr")

MEERA = StaffRole(2001, "Meera Joshi", "meera@clinic.example", RoleName.PHYSIOTHERAPIST)
RAO = StaffRole(2002, "Dr Rao", "rao@clinic.example", RoleName.SURGEON)
VIKRAM = StaffRole(2003, "Vikram Nair", "vikram@clinic.example", RoleName.PHYSIOTHERAPIST)
"""The outsider: on nobody's care team."""
STAFF = (MEERA, RAO, VIKRAM)

STRANGER = 6001
"""The chat of somebody the clinic does not know."""
