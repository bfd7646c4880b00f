"""The forms of the on-call page. They check shape; whether a value fits is the services' business."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, SelectField, StringField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from rehab.web.forms import Form, squeezed

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class PatternForm(Form):
    """A weekly shift, in clinic time."""

    clinician = SelectField(_l("Who"), coerce=int)
    weekday = SelectField(
        _l("Weekday"),
        coerce=int,
        choices=[SelectChoice(number, day) for number, day in enumerate(WEEKDAYS, start=1)],
    )
    from_time = TimeField(_l("From"), validators=[InputRequired()])
    until_time = TimeField(
        _l("Until"),
        description=_l("Not later than the beginning: on the next day."),
        validators=[InputRequired()],
    )
    from_on = DateField(_l("First date"), validators=[InputRequired()])


class LeaveForm(Form):
    """Dates on which somebody takes no shift."""

    clinician = SelectField(_l("Who"), coerce=int)
    from_on = DateField(_l("First date"), validators=[InputRequired()])
    until_on = DateField(_l("Last date"), validators=[InputRequired()])
    reason = StringField(_l("Reason"), validators=[Length(max=100)], filters=[squeezed])


class HolidayForm(Form):
    """A date on which staff do not read answers."""

    on = DateField(_l("Date"), validators=[InputRequired()])
    name = StringField(
        _l("Name"), validators=[InputRequired(), Length(max=100)], filters=[squeezed]
    )


class OverrideForm(Form):
    """A stretch somebody takes by name, in clinic time."""

    clinician = SelectField(_l("Who takes it"), coerce=int)
    instead_of = SelectField(_l("Instead of"), coerce=int)
    starts_at = DateTimeLocalField(_l("From"), format=LOCAL, validators=[InputRequired()])
    ends_at = DateTimeLocalField(_l("Until"), format=LOCAL, validators=[InputRequired()])


class SwapForm(Form):
    """One of my shifts, and who shall take it."""

    shift = SelectField(_l("My shift"))
    taker = SelectField(_l("Ask"), coerce=int)
