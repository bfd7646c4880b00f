"""The forms of the dashboard. They check shape; whether a value fits is the services' business."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    DateField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from rehab.errors import InvalidInput
from rehab.models import Outcome, ReviewOutcome, RoleName
from rehab.services.alert_card import OUTCOME_LABELS
from rehab.services.enrolment import SIDES
from rehab.web.security import SHORTEST_PASSWORD

csrf = CSRFProtect()
LONGEST_NOTE = 2000
NOTHING = SelectChoice("", "")


def squeezed(value: Any) -> Any:
    """Without blanks at both ends."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]
    """A form that can show what a service refused."""

    def show(self, error: InvalidInput) -> None:
        """Put a service's reasons next to the fields they belong to."""
        for name, reason in error.fields.items():
            field = self._fields.get(name) or next(iter(self._fields.values()))
            field.errors = [*field.errors, reason[:1].upper() + reason[1:]]


class EnrolForm(Form):
    """A new patient."""

    name = StringField(
        _l("Name"), validators=[InputRequired(), Length(max=200)], filters=[squeezed]
    )
    birth_year = IntegerField(
        _l("Year of birth"),
        description=_l(
            "The patient types it in the chat, so that a forwarded link opens nothing."
        ),
        validators=[InputRequired()],
    )
    protocol = SelectField(_l("Operation and protocol"), validators=[InputRequired()])
    side = SelectField(
        _l("Side"),
        choices=[NOTHING, *(SelectChoice(side, _l(side.capitalize())) for side in SIDES)],
        validators=[InputRequired()],
    )
    surgery_on = DateField(_l("Day of surgery"), validators=[InputRequired()])
    language = SelectField(_l("Language"), validators=[InputRequired()])
    timezone = StringField(
        _l("Time zone"),
        description=_l("Where the patient lives; reminders follow it."),
        validators=[InputRequired(), Length(max=64)],
        filters=[squeezed],
    )
    phone = TelField(_l("Phone"), validators=[Optional(), Length(max=32)], filters=[squeezed])
    clinician = SelectField(_l("Responsible clinician"), coerce=int)


class ResolveForm(Form):
    """How an alert ended."""

    outcome = SelectField(
        _l("Outcome"),
        choices=[
            NOTHING,
            *(SelectChoice(key.value, _l(label)) for key, label in OUTCOME_LABELS.items()),
        ],
        validators=[InputRequired()],
    )
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=LONGEST_NOTE)])
    useful = SelectField(
        _l("Was this alert useful?"),
        choices=[
            NOTHING,
            SelectChoice("yes", _l("👍 Useful")),
            SelectChoice("no", _l("👎 Not useful")),
        ],
        default="",
        validators=[Optional()],
    )

    @property
    def was_useful(self) -> bool | None:
        """What was said about its use; None: nothing."""
        return {"yes": True, "no": False}.get(self.useful.data or "")

    @property
    def chosen(self) -> Outcome:
        """The outcome that was chosen."""
        return Outcome(self.outcome.data)


class ReviewForm(Form):
    """What a clinician made of a photo; both may stay empty."""

    outcome = SelectField(
        _l("Outcome (optional)"),
        choices=[
            NOTHING,
            SelectChoice(ReviewOutcome.AS_EXPECTED, _l("Looks as expected")),
            SelectChoice(ReviewOutcome.ANOTHER_PHOTO, _l("Another photo is needed")),
            SelectChoice(ReviewOutcome.CALLED, _l("Called the patient")),
            SelectChoice(ReviewOutcome.TO_BE_SEEN, _l("To be seen in person")),
        ],
    )
    note = TextAreaField(
        _l("Note (optional)"),
        validators=[Optional(), Length(max=LONGEST_NOTE)],
        filters=[squeezed],
    )

    @property
    def chosen(self) -> ReviewOutcome | None:
        """The outcome as its own type."""
        return ReviewOutcome(self.outcome.data) if self.outcome.data else None


class PauseForm(Form):
    """A pause of the reminders."""

    until = DateField(_l("Until (empty: until somebody resumes)"), validators=[Optional()])


class OnCallForm(Form):
    """Who takes over the phone."""

    clinician = SelectField(_l("Who"), coerce=int, validators=[InputRequired()])


class StaffForm(Form):
    """A new member of staff."""

    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=200)])
    email = EmailField(_l("E-mail"), validators=[InputRequired(), Length(max=254)])
    role = SelectField(
        _l("Role"),
        choices=[SelectChoice(role.value, _l(role.value.capitalize())) for role in RoleName],
    )
    telegram_id = IntegerField(
        _l("Telegram user id"),
        description=_l("A number. Alert cards go to this account."),
        validators=[Optional()],
    )
    password = PasswordField(
        _l("First password"),
        description=_l(
            "At least %(count)d characters. Ask to change it at once.", count=SHORTEST_PASSWORD
        ),
        validators=[InputRequired(), Length(min=SHORTEST_PASSWORD, max=128)],
    )


class PasswordForm(Form):
    """A new password for somebody who forgot theirs."""

    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(), Length(min=SHORTEST_PASSWORD, max=128)],
    )


class TelegramForm(Form):
    """The Telegram account of a member of staff."""

    telegram_id = IntegerField(_l("Telegram user id"), validators=[Optional()])


class EmptyForm(Form):
    """A button: only the protection against foreign forms."""
