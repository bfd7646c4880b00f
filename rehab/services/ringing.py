"""Whether an alert's cards make a sound: phones that ring for everything are muted."""

from __future__ import annotations

from rehab.models import Alert
from rehab.services.context import Context

NEEDED_TODAY = "today"


def rings(context: Context, alert: Alert) -> bool:
    """What can wait for the working day rings nobody's phone, unless the patient says that somebody
    is needed today. A clinic changes that in its settings."""
    tier = getattr(context.config.escalation, alert.tier)
    return bool(tier.rings) or alert.patient_urgency == NEEDED_TODAY
