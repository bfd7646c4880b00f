"""Clinical content as data: exercises, staged protocols, questionnaires, red-flag rules, wordings."""
