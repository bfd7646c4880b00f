"""Post-operative rehabilitation tracking: protocols, check-ins, warning signs and the people who act on them."""
