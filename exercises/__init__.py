"""Clinical content as data: exercises, staged protocols, questionnaires and red-flag rules."""
