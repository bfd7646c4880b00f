"""What a rule asks for, in words for staff: the limits, the window of days and the points."""

from __future__ import annotations

from exercises.schema import Condition, Questionnaire, Rule, RuleSet


def threshold(rules: RuleSet, rule: Rule, *, day: int | None, asked: Questionnaire | None) -> str:
    """Return what the rule asks for, e.g. "Temperature: at least 38 (from day 5)".

    `day` lets a band name its line of that day; `asked` gives options and questions their names.
    """
    parts = [condition_words(rules, one, day=day, asked=asked) for one in rule.when]
    if rule.score is not None:
        counted = [
            f"{one.worth} for {_all(rules, one.when, day, asked) if one.when else 'the operation'}"
            for one in rule.score.points
        ]
        parts.append(f"at least {rule.score.at_least} points: {'; '.join(counted)}")
    if rule.silence_hours is not None:
        parts.append(f"nothing heard for {rule.silence_hours} hours")
    if rule.any_words:
        parts.append(f"{'or ' if parts else ''}danger words: {', '.join(rule.any_words)}")
    if rule.unread is not None:
        parts.append(f"a {rule.unread} nobody has looked at")
    window = _window(rule.from_day, rule.to_day)
    return " and ".join(parts).replace(" and or ", " or ") + (f" ({window})" if window else "")


def condition_words(
    rules: RuleSet, one: Condition, *, day: int | None, asked: Questionnaire | None
) -> str:
    """Return one condition, e.g. "Worst pain: above the expected line (6), 2 check-ins in a row"."""
    tests = [_test(rules, one, day, asked)]
    if one.days_in_a_row:
        tests.append(f"{one.days_in_a_row} days in a row")
    if one.check_ins_in_a_row:
        tests.append(f"{one.check_ins_in_a_row} check-ins in a row")
    if one.times:
        tests.append(f"{one.times} times in {one.times_in_hours} hours")
    if one.within_hours:
        tests.append(f"within {one.within_hours} hours")
    return f"{_name(one.question, asked)}: {', '.join(tests)}"


def _all(
    rules: RuleSet, when: tuple[Condition, ...], day: int | None, asked: Questionnaire | None
) -> str:
    return " and ".join(condition_words(rules, one, day=day, asked=asked) for one in when)


def _test(rules: RuleSet, one: Condition, day: int | None, asked: Questionnaire | None) -> str:
    if one.band:
        side = "above" if one.above_band else "below"
        return f"{side} the expected line{_line(rules, one, day)}"
    if one.rise_over_mean is not None:
        return f"{one.rise_over_mean:g} or more above the own mean of {one.mean_of_days} days"
    if one.after_days_of:
        options = " or ".join(_option(one.question, name, asked) for name in one.after_days_of)
        return f"{options} on the {one.after_days} answered days before"
    either = []
    if one.at_least is not None:
        limit = f" and below {one.below:g}" if one.below is not None else ""
        either.append(f"at least {one.at_least:g}{limit}")
    elif one.below is not None:
        either.append(f"below {one.below:g}")
    either += [_option(one.question, name, asked) for name in one.is_one_of]
    return " or ".join(either)


def _line(rules: RuleSet, one: Condition, day: int | None) -> str:
    band = rules.band(one.band or "")
    row = band.row(day) if band and day is not None else None
    number = (row.upper if one.above_band else row.lower) if row else None
    return f" of day {day} ({number:g})" if number is not None else ""


def _name(question_id: str, asked: Questionnaire | None) -> str:
    for question in asked.questions if asked else ():
        if question.id == question_id:
            return question.short
    return question_id.replace("-", " ")


def _option(question_id: str, value: str, asked: Questionnaire | None) -> str:
    for question in asked.questions if asked else ():
        if question.id == question_id:
            labels = {option.value: option.label for option in question.options}
            return f"“{labels[value]}”" if value in labels else value
    return value


def _window(from_day: int | None, to_day: int | None) -> str:
    if from_day is not None and to_day is not None:
        return f"days {from_day} to {to_day}"
    if from_day is not None:
        return f"from day {from_day}"
    return f"to day {to_day}" if to_day is not None else ""
