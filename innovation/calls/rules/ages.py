"""Whether a field or fact tells a person's age (invariant 12: what scores age needs a legal basis)."""

import re
from collections.abc import Iterable

_WORDS = frozenset({"age", "ages", "aged", "birth", "birthday", "birthdate", "born", "dob", "young", "youth"})
_SIGNS = ("年龄", "周岁", "岁以", "出生", "生日", "青年")
_SPLIT = re.compile(r"[^a-z]+")


def tells_age(key: str, labels: Iterable[str] = ()) -> bool:
    """Whether a key or one of its labels speaks of age: ``birth_date``, ``age_at_close``, “出生日期”, “Age”."""
    names = [key, *labels]
    words = {word for name in names for word in _SPLIT.split(name.casefold())}
    return bool(words & _WORDS) or any(sign in name for name in names for sign in _SIGNS)
