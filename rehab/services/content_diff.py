"""The difference between two versions of content, in sentences a physiotherapist understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from exercises.schema import (
    Condition,
    Content,
    Criterion,
    Dose,
    EducationCard,
    Exercise,
    Milestone,
    Option,
    PlannedExercise,
    Precaution,
    Question,
    Rule,
    Stage,
    TeachBackOption,
    TeachBackQuestion,
    Wording,
    WordList,
)
from rehab.services import plan_words

NOUNS: Mapping[type[BaseModel], str] = {
    Condition: "condition",
    Criterion: "criterion",
    EducationCard: "card",
    Milestone: "milestone",
    Option: "answer",
    PlannedExercise: "exercise",
    Precaution: "precaution",
    Question: "question",
    Rule: "rule",
    Stage: "stage",
    TeachBackOption: "answer",
    TeachBackQuestion: "question",
    Wording: "wording",
    WordList: "danger words",
}
HIDDEN = frozenset({"id", "value", "exercise"})
"""What names a part; it stands in the sentence already."""
DAYS = frozenset({"from_day", "to_day"})


def differences(old: Content | None, new: Content | None) -> tuple[str, ...]:
    """Say what is different in the new version, a sentence for each difference; none when it is equal.

    None stands for content that does not exist.
    """
    if old is None or new is None:
        kept = new or old
        return (f"{'New' if old is None else 'Gone'}: {_named(kept)}",) if kept else ()
    return tuple(_told(sentence) for sentence in _compare(old, new, ""))


def library_differences(
    old: Mapping[str, Exercise], new: Mapping[str, Exercise]
) -> tuple[str, ...]:
    """Say what is different between two exercise libraries, exercise by exercise."""
    return tuple(
        f"{key} {(new.get(key) or old[key]).name}: {sentence}"
        for key in sorted(old.keys() | new.keys())
        for sentence in differences(old.get(key), new.get(key))
    )


def _told(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _compare(old: BaseModel, new: BaseModel, place: str) -> Iterator[str]:
    fields = type(new).model_fields
    if isinstance(new, Stage | PlannedExercise | Precaution | Milestone | Question | Rule):
        yield from _window(old, new, place)
        fields = {name: one for name, one in fields.items() if name not in DAYS}
    for field in fields:
        before, after = getattr(old, field), getattr(new, field)
        if before != after and field not in HIDDEN - {"value"}:
            yield from _field(field, before, after, place)


def _window(old: Any, new: Any, place: str) -> Iterator[str]:
    if (old.from_day, old.to_day) != (new.from_day, new.to_day):
        yield f"{_at(place, 'days')}: {_days(old) or 'all'} → {_days(new) or 'all'}"


def _field(field: str, before: Any, after: Any, place: str) -> Iterator[str]:
    if isinstance(before, Dose) or isinstance(after, Dose):
        name = place if field == "dose" and place else _at(place, field)
        words = (_value(before), _value(after))
        if words[0] == words[1]:  # one set and no sets read the same
            words = (repr(before), repr(after))
        yield f"{name} {words[0]} → {words[1]}"
    elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
        yield from _compare(before, after, _at(place, field))
    elif _are_parts(before) or _are_parts(after):
        yield from _parts(before, after, place)
    elif _are_texts(before) and _are_texts(after):
        yield from _texts(before, after, _at(place, field))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield from _field(key, before.get(key, ()), after.get(key, ()), place)
    else:
        yield f"{_at(place, field)}: {_value(before)} → {_value(after)}"


def _parts(before: Sequence[BaseModel], after: Sequence[BaseModel], place: str) -> Iterator[str]:
    old, new = _by_name(before), _by_name(after)
    for name, part in new.items():
        if name not in old:
            yield f"{_inside(place)}new {_named(part)}"
        elif old[name] != part:
            yield from _compare(old[name], part, _inside(place) + _place(part, name))
    for name, part in old.items():
        if name not in new:
            yield f"{_inside(place)}{_named(part)} is gone"
    kept = [name for name in new if name in old]
    if kept != [name for name in old if name in new]:
        yield f"{_inside(place)}new order: {', '.join(name for name in kept)}"


def _by_name(parts: Sequence[BaseModel]) -> dict[str, BaseModel]:
    """The parts by what names them; a second one of the same name, or one without, by its number."""
    found: dict[str, BaseModel] = {}
    for number, part in enumerate(parts, start=1):
        name = _name(part) or f"{number}"
        found[name if name not in found else f"{name} ({number})"] = part
    return found


def _name(part: BaseModel) -> str:
    for field in ("id", "exercise", "value"):
        if field in type(part).model_fields:
            return str(getattr(part, field))
    return ""


def _place(part: BaseModel, name: str) -> str:
    if isinstance(part, PlannedExercise):
        return name
    if isinstance(part, Condition):
        return f"condition {name} ({part.question})"
    days = f", day {_days(part)}" if isinstance(part, Stage) else ""
    return f"{NOUNS.get(type(part), 'part')} {name}{days}"


def _named(part: BaseModel) -> str:
    """A part that is new or gone: what it is, when, and its words."""
    noun = NOUNS.get(type(part), "content")
    days = _days(part)
    fields = ("title", "name", "label", "text")
    words = next((str(getattr(part, one)) for one in fields if hasattr(part, one)), "")
    if isinstance(part, PlannedExercise | Exercise):
        words = ", ".join(one for one in (words, _value(part.dose) if part.dose else "") if one)
    if isinstance(part, Rule):
        words = f"{words} ({part.tier})"
    if isinstance(part, Condition):
        words = ", ".join(
            f"{key} {_value(value)}" for key, value in part if value not in (None, ())
        )
    head = f"{noun} {_name(part)}".strip() + (f" (day {days})" if days else "")
    return f"{head}: {words}" if words else head


def _days(part: Any) -> str:
    first, last = getattr(part, "from_day", None), getattr(part, "to_day", None)
    if first is None and last is None:
        return ""
    if last is None:
        return f"{first} on"
    return (
        f"to {last}"
        if first is None
        else f"{first}-{last}"
        if first >= 0
        else f"{first} to {last}"
    )


def _inside(place: str) -> str:
    return "" if not place else f"{place}: " if "day " in place else f"{place}, "


def _at(place: str, field: str) -> str:
    label = field.replace("_", " ")
    return f"{place}, {label}" if place else label


def _are_parts(value: Any) -> bool:
    return (
        isinstance(value, tuple) and bool(value)
        and isinstance(value[0], BaseModel) and not isinstance(value[0], Dose)
    )  # fmt: skip


def _are_texts(value: Any) -> bool:
    return isinstance(value, tuple | frozenset) and all(isinstance(one, str) for one in value)


def _texts(before: Any, after: Any, place: str) -> Iterator[str]:
    added = [one for one in sorted(after) if one not in before]
    dropped = [one for one in sorted(before) if one not in after]
    if added:
        yield f"{place}: added {', '.join(map(_value, added))}"
    if dropped:
        yield f"{place}: taken out {', '.join(map(_value, dropped))}"
    if not added and not dropped:
        yield f"{place}: new order"


def _value(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Dose):
        return plan_words.in_words(value, "en")
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], int):
        return f"{value[0]} to {value[1]}"
    if isinstance(value, tuple):
        return ", ".join(_value(one) for one in value) if value else "none"
    if isinstance(value, str) and (" " in value or not value):
        return f"“{value}”"
    return str(value)
