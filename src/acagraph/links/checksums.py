"""Check digits of identifiers: ISNI, LEI and ROR."""

from __future__ import annotations

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def isni_check(digits: str) -> str:
    """Return the last character of an ISNI for its first fifteen digits (ISO 7064, MOD 11-2).

    >>> isni_check("000000012146438")
    'X'
    """
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2
    value = (12 - rest % 11) % 11
    return "X" if value == 10 else str(value)


def lei_check(code: str) -> str:
    """Return the last two digits of an LEI for its first eighteen characters (ISO 17442, ISO 7064 MOD 97-10).

    >>> lei_check("254900GE1G59KGWPHX")
    '32'
    """
    return f"{98 - int(''.join(str(int(character, 36)) for character in code) + '00') % 97:02}"


def ror_check(code: str) -> str:
    """Return the last two digits of a ROR identifier for the seven characters before (ISO 7064 MOD 97-10).

    The number is the value of the six characters behind the leading 0 in base 32 after Crockford.

    >>> ror_check("029efta")
    '16'
    """
    number = 0
    for character in code:
        number = number * 32 + _CROCKFORD.index(character)
    return f"{98 - number * 100 % 97:02}"
