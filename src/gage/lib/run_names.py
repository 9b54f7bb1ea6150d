"""Pronounceable names of runs, made from their IDs (proquints: alternating consonants and vowels)."""

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def name_from_id(id: str) -> str:
    """Returns the name of an ID (hex digits and dashes): its last four bytes, such as `lusab-babad`."""
    number = int(id[-8:], 16)
    return f"{_encode_proquint(number >> 16)}-{_encode_proquint(number & 0xFFFF)}"


def _encode_proquint(number: int) -> str:
    return (
        _CONSONANTS[number >> 12]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )
