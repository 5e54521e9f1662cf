"""The list of database triggers, looked up instead of searched.

django-pgtrigger goes twice through all triggers known so far for each one that is added, to refuse a name that is
taken. With some thousand triggers that was a fifth of the time that every process needs to start. Here the names are
kept.
"""

from typing import Any

from pgtrigger import Trigger, registry


class IndexedRegistry(registry._Registry):
    """Refuses the same names without a search."""

    def __init__(self) -> None:
        self._functions: set[str] = set()
        self._by_table: dict[tuple[str, str], Trigger] = {}
        super().__init__()

    @property
    def pg_function_names(self) -> set[str]:
        return self._functions

    @property
    def by_db_table(self) -> dict[tuple[str, str], Trigger]:
        return self._by_table

    def __setitem__(self, key: str, value: tuple[Any, Trigger]) -> None:
        super().__setitem__(key, value)
        model, trigger = value
        self._functions.add(trigger.get_pgid(model))
        self._by_table[model._meta.db_table, trigger.name] = trigger

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)
        self._functions.discard(trigger.get_pgid(model))
        self._by_table.pop((model._meta.db_table, trigger.name), None)


def install() -> None:
    """Keep the names from now on; to be called before the first model is loaded."""
    registry._registry = IndexedRegistry()
