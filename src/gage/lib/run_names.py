"""Names that people can say, made from IDs: two words of consonants and vowels (a proquint)."""

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"


def name_of(id: str) -> str:
    """The name of an ID (hex digits and dashes): its last four bytes, said as in `lusab-babad`."""
    number = int(id[-8:], 16)
    return f"{_word(number >> 16)}-{_word(number & 0xFFFF)}"


def _word(number: int) -> str:
    return (
        _CONSONANTS[number >> 12]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )
