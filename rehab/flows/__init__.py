"""Conversations with a patient or a member of staff. They know no channel: Telegram is one of several."""
