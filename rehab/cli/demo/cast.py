"""The demo's people. All synthetic; every name on a page of the demo says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from rehab.services.context import Context
from rehab.services.enrolment import NewPatient

PASSWORD = "demo-clinic-2026"  # noqa: S105 - printed on the screen; the demo holds no real data
FIRST_CHAT = 710_000_001
NEWCOMER_CHAT = 710_000_000
"""The phone of the patient a newcomer enrols by hand."""


@dataclass(frozen=True)
class StaffMember:
    """A synthetic member of staff."""

    key: str
    name: str
    email: str
    role: str
    telegram_id: int | None


STAFF = (
    StaffMember("meera", "Meera Joshi", "meera@demo.example", "physiotherapist", 700_000_001),
    StaffMember("rao", "Dr Sunil Rao", "rao@demo.example", "surgeon", 700_000_002),
    StaffMember("anita", "Sister Anita D'Souza", "anita@demo.example", "nurse", 700_000_003),
    StaffMember("ops", "Ops Admin", "ops@demo.example", "administrator", None),
)


@dataclass(frozen=True)
class Person:
    """A synthetic patient: where they stand today, and what happened on which day after surgery.

    `answers` replaces single answers of a day's check-in; `says` are free texts; `acts` are
    `silent`, `stop`, `pause` and `block`, which start on that day. `stages` are the days on which
    the physiotherapist moved the patient on. `handled` tells how an alert of that day was handled:
    nothing, `acknowledged` or an outcome. `visits` are what the physiotherapist found on a day: a
    measure and its value, or a criterion of the stage and whether it is met.
    """

    key: str
    name: str
    day: int
    birth_year: int
    side: str = "left"
    procedure: str = "hip-resurfacing"
    variant: str | None = None
    language: str = "en"
    enrolled_on_day: int = 0
    pain_at_start: float = 6.0
    diligence: float = 0.9
    answers: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    says: Mapping[int, str] = field(default_factory=dict)
    acts: Mapping[int, str] = field(default_factory=dict)
    stages: Mapping[int, str] = field(default_factory=dict)
    handled: Mapping[int, str] = field(default_factory=dict)
    visits: Mapping[int, Mapping[str, float | bool]] = field(default_factory=dict)

    def as_new(self, context: Context, *, today: date, clinician_id: int) -> NewPatient:
        """What staff would type into the enrolment form."""
        zone = context.config.clinic.timezone
        return NewPatient(
            name=f"{self.name} (synthetic)",
            procedure=self.procedure,
            variant=self.variant,
            side=self.side,
            surgery_on=today - timedelta(days=self.day),
            timezone=zone,
            language=self.language,
            birth_year=self.birth_year,
            phone=None,
            clinician_id=clinician_id,
            is_synthetic=True,
        )


NEWCOMER = Person("asha", "Asha Kulkarni", day=8, birth_year=1979)

PEOPLE = (
    Person("rohan", "Rohan Mehta", day=2, birth_year=1983, side="right", pain_at_start=5),
    Person(
        "priya",
        "Priya Nair",
        day=4,
        birth_year=1976,
        answers={4: {"temperature": "38.2", "pain": "6"}},
    ),
    Person(
        "imran",
        "Imran Shaikh",
        day=9,
        birth_year=1981,
        language="hi",
        answers={7: {"legs": "calf"}},
        handled={7: "called"},
        says={8: "Thank you doctor, the scan was clear"},
    ),
    Person("kavita", "Kavita Deshpande", day=12, birth_year=1974, language="mr", acts={10: "silent"}),
    Person(
        "george",
        "George Fernandes",
        day=15,
        birth_year=1969,
        side="both",
        variant="bilateral",
        answers={15: {"wound": "wet", "pain": "5"}},
    ),
    Person(
        "farah",
        "Farah Contractor",
        day=24,
        birth_year=1978,
        stages={15: "P2"},
        answers={day: {"walking": "limp", "pain": "5"} for day in (23, 24)},
        handled={23: "acknowledged", 24: "acknowledged"},
    ),
    Person("arjun", "Arjun Patil", day=45, birth_year=1985, enrolled_on_day=20, stages={21: "P2"}),
    Person(
        "leela",
        "Leela Iyer",
        day=61,
        birth_year=1972,
        side="right",
        enrolled_on_day=30,
        diligence=0.5,
        stages={44: "P3"},
        says={58: "When can I start driving again?"},
    ),
    Person("sam", "Sam D'Mello", day=103, birth_year=1980, enrolled_on_day=70, stages={86: "P4"}),
    Person("nisha", "Nisha Gupta", day=-9, birth_year=1987, enrolled_on_day=-14),
    Person("omar", "Omar Qureshi", day=31, birth_year=1977, stages={16: "P2"},
           enrolled_on_day=10, acts={28: "pause"}),
    Person("vijay", "Vijay Rane", day=20, birth_year=1963, procedure="total-knee", side="right",
           stages={9: "P2"}, visits={8: {"knee-flexion-degrees": 84}}),
    Person("zoya", "Zoya Merchant", day=16, birth_year=1984, pain_at_start=4,
           visits={15: {"hip-flexion-degrees": 92, "safe-transfers": True}}),
    Person("tara", "Tara Menon", day=18, birth_year=1982, stages={16: "P2"}, acts={17: "block"}),
)  # fmt: skip
