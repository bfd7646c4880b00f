"""What the forms of a plan page send. They check shape; whether it fits is the services' business."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from rehab.web.forms import Form, squeezed

KINDS = {
    "dose": _l("Change a dose"),
    "add": _l("Add an exercise"),
    "remove": _l("Take an exercise out"),
    "swap": _l("Swap an exercise"),
    "step_down": _l("One step easier for a while"),
    "precaution": _l("Change a precaution"),
    "take_back": _l("Take a change back"),
    "advance": _l("Advance to the next stage"),
    "hold": _l("Hold in this stage"),
    "step_back": _l("Step back to an earlier stage"),
    "surgery_date": _l("Move the day of surgery"),
    "discharge": _l("Record the day the patient went home"),
    "pause": _l("Pause"),
    "resume": _l("Resume"),
}
"""Everything that can be changed, with its name."""
WITHOUT_REASON = frozenset({"take_back", "discharge", "pause", "resume"})
"""Nothing would keep a reason given here."""
LONGEST_ID = 64
LONGEST_REASON = 500
LONGEST_STEP_DOWN = 28
NOT_KEPT = frozenset({"csrf_token", "reason", "override"})
"""What a preview asks for itself; everything else it hands on to the confirmation."""


def _word(label: str = "") -> StringField:
    return StringField(label, validators=[Optional(), Length(max=LONGEST_ID)], filters=[squeezed])


def _number(label: str = "") -> IntegerField:
    return IntegerField(label, validators=[Optional()])


def _date(label: str = "") -> DateField:
    return DateField(label, validators=[Optional()])


class PlanForm(Form):
    """One change of a plan. Which fields count depends on its kind."""

    kind = SelectField(
        choices=[SelectChoice(key, label) for key, label in KINDS.items()],
        validators=[InputRequired()],
    )
    exercise_id = _word(_l("Exercise"))
    new_exercise_id = _word(_l("Exercise in its place"))
    sets = _number(_l("Sets"))
    reps = _number(_l("Repetitions"))
    hold_seconds = _number(_l("Hold, seconds"))
    rest_seconds = _number(_l("Rest, seconds"))
    minutes = _number(_l("Minutes"))
    times_a_day = _number(_l("Times a day"))
    days_a_week = _number(_l("Days a week"))
    precaution_id = _word(_l("Precaution"))
    precaution_to_day = _number(_l("Last day"))
    precaution_off = BooleanField(_l("Switch it off"))
    from_on = _date(_l("From"))
    to_on = _date(_l("Until"))
    days = IntegerField(
        _l("Days"), validators=[Optional(), NumberRange(min=1, max=LONGEST_STEP_DOWN)]
    )
    to_stage = _word(_l("Stage"))
    hold_until = _date(_l("Until"))
    surgery_on = _date(_l("Day of surgery"))
    discharged_on = _date(_l("Went home on"))
    until = _date(_l("Until"))
    pause_reason = _word(_l("Why"))
    change_id = _number()
    reason = StringField(
        _l("Reason"), validators=[Optional(), Length(max=LONGEST_REASON)], filters=[squeezed]
    )
    override = BooleanField(_l("I override this"))

    def kept(self, sent: dict[str, str]) -> dict[str, str]:
        """What was sent and belongs to the change itself."""
        names = set(self._fields) - NOT_KEPT
        return {name: value for name, value in sent.items() if name in names and value}


class MeasurementForm(Form):
    """A measured value as of a date."""

    measure = StringField(
        _l("Measure"), validators=[InputRequired(), Length(max=LONGEST_ID)], filters=[squeezed]
    )
    value = StringField(
        _l("Value"), validators=[InputRequired(), Length(max=20)], filters=[squeezed]
    )
    effective_on = DateField(_l("Measured on"), validators=[InputRequired()])


class CriterionForm(Form):
    """A clinician says whether a criterion is met."""

    stage_id = StringField(validators=[InputRequired(), Length(max=LONGEST_ID)])
    criterion_id = StringField(validators=[InputRequired(), Length(max=LONGEST_ID)])
    is_met = SelectField(
        choices=[SelectChoice("yes", ""), SelectChoice("no", "")], validators=[InputRequired()]
    )


class MeasurementErrorForm(Form):
    """A measurement that was entered in error."""

    measurement_id = IntegerField(validators=[InputRequired()])
