"""Passwords: what is a good one, and argon2. Hashing is slow on purpose, so do it while no lock is held."""

import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from flask_babel import gettext as _

from ..errors import Invalid

SHORTEST = 10
LONGEST = 200
# The first guesses of somebody who tries; shorter ones are refused for their length.
COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split())


def check(password: str, email: str) -> None:
    """Is this a password that we accept? Raises Invalid with field ``new`` when it is not."""
    password = _normal(password)
    if len(password) < SHORTEST:
        raise Invalid(_("Kies een wachtwoord van minstens %(num)s tekens.", num=SHORTEST), "new")
    if len(password) > LONGEST:
        raise Invalid(_("Dit wachtwoord is te lang. Kies er een tot %(num)s tekens.", num=LONGEST), "new")
    if password.lower() == email.lower():
        raise Invalid(_("Uw e-mailadres is geen goed wachtwoord. Kies iets anders."), "new")
    if password.lower() in COMMON or len(set(password)) < 4:
        raise Invalid(_("Dit wachtwoord is te makkelijk te raden. Kies bijvoorbeeld drie losse woorden."), "new")


def make_hash(password: str) -> str:
    """The hash to store. Takes tens of milliseconds and 64 MB on a real site."""
    return _hasher().hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Is this the password? Takes as long for somebody without one, so that time tells nothing."""
    hasher = _hasher()
    known = password_hash is not None
    # Nobody's password is that long; hashing it would only cost time.
    candidate = _normal(password) if len(password) <= 2 * LONGEST else ""
    try:
        hasher.verify(password_hash or _nobodys(hasher), candidate)
    except (VerificationError, InvalidHashError):
        return False
    return known


def is_outdated(password_hash: str) -> bool:
    """Was this hash made with other costs than the present ones?"""
    return _hasher().check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    # The same letters with accents come in two spellings, one for each kind of keyboard.
    return unicodedata.normalize("NFC", password)


def _hasher() -> PasswordHasher:
    if current_app.config.get("PASSWORD_COST") == 1:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash that no password has. Written down and not made: making one would double the time of the first try."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}$bmllbWFuZHMgaGFzaA${'A' * 43}"
