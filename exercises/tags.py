"""The tags of exercises that a precaution may forbid: the words both sides must share."""

from __future__ import annotations

KNOWN_TAGS = frozenset(
    {
        "impact",  # running, jumping, contact
        "loading",  # strength or body weight on the hip: stops on suspicion of fracture or clot
        "hip-flexion-over-90",
        "hip-internal-rotation",  # the leg turned inwards past straight ahead
        "crossing-midline",
        "pivot",  # twisting on the planted leg
        "resisted",  # bands, weights, machines
        "pool",
        "circulation",  # moves the blood of the legs: never cut when a plan steps down
        "end-range",  # a gentle stretch at the end of the movement
        "forced-end-range",
        "long-walk",
        "full-weight",  # the whole body on the operated leg: stairs foot over foot, one-leg stance
        "resisted-abduction",
        "active-straight-leg-raise",
        "hip-extension-past-neutral",
        "hip-external-rotation",
        # Combinations of their own: each half may be allowed while both together are not.
        "hip-flexion-with-internal-rotation",
        "hip-extension-with-external-rotation",
        "knee-flexion-over-90-loaded",
        "open-chain-knee-extension",
        "hamstring-loading",
        "active-shoulder",  # lifting the operated arm by its own strength
        "resisted-shoulder",
        "passive-shoulder",
        "spine-bending",
        "spine-twisting",
        "heavy-lifting",
    }
)
"""Tags a precaution may forbid even when no exercise carries them yet."""
