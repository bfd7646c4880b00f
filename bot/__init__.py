"""The Telegram side: intake, delivery, and a local stand-in for Telegram itself."""
