"""The shape of clinical content: what a content file may say, and nothing else.

Every model is frozen and refuses unknown keys, so a spelling mistake in a TOML file is an error
with a place, never a silently ignored line. Days are whole days after an anchor (day 0 is the day
of surgery, negative days come before it). Temperatures are in degrees Celsius, pain is 0-10.
"""

from exercises.schema.base import (
    Anchor,
    Content,
    ContentId,
    ExerciseId,
    RuleId,
    SignOff,
    Sources,
    Text,
    Tier,
)
from exercises.schema.conditions import Band, BandRow, Condition, Points, Score
from exercises.schema.education import (
    EducationCard,
    EducationSet,
    TeachBackOption,
    TeachBackQuestion,
)
from exercises.schema.exercise import Dose, DoseLimits, Exercise
from exercises.schema.measures import Measure, MeasureSet
from exercises.schema.protocol import (
    MOST_EXERCISES,
    Criterion,
    Milestone,
    PlannedExercise,
    Precaution,
    Protocol,
    Stage,
)
from exercises.schema.questionnaire import (
    MOST_QUESTIONS,
    WITH_OPTIONS,
    AskIf,
    Option,
    Question,
    Questionnaire,
)
from exercises.schema.rules import (
    Rule,
    RuleSet,
    WordGroup,
    Wording,
    WordList,
)

__all__ = [
    "MOST_EXERCISES",
    "MOST_QUESTIONS",
    "WITH_OPTIONS",
    "Anchor",
    "AskIf",
    "Band",
    "BandRow",
    "Condition",
    "Content",
    "ContentId",
    "Criterion",
    "Dose",
    "DoseLimits",
    "EducationCard",
    "EducationSet",
    "Exercise",
    "ExerciseId",
    "Measure",
    "MeasureSet",
    "Milestone",
    "Option",
    "PlannedExercise",
    "Points",
    "Precaution",
    "Protocol",
    "Question",
    "Questionnaire",
    "Rule",
    "RuleId",
    "RuleSet",
    "Score",
    "SignOff",
    "Sources",
    "Stage",
    "TeachBackOption",
    "TeachBackQuestion",
    "Text",
    "Tier",
    "WordGroup",
    "WordList",
    "Wording",
]
