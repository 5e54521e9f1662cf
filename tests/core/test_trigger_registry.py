"""The kept names of triggers refuse what the library's search refused, and forget what is taken away."""

import pgtrigger
import pytest
from pgtrigger import registry

from innovation.core.trigger_registry import IndexedRegistry
from tests.toys.models import Receipt


def _refusal(name: str, operation: object) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=operation)


@pytest.fixture(autouse=True)
def _clean() -> None:
    yield
    for uri in [uri for uri in registry._registry if ":kept_" in uri]:
        registry.delete(uri)


def test_the_names_kept_are_those_that_a_search_would_find():
    kept = registry._registry
    assert isinstance(kept, IndexedRegistry)
    assert kept.pg_function_names == {trigger.get_pgid(model) for model, trigger in kept.values()}
    assert kept.by_db_table == {(model._meta.db_table, trigger.name): trigger for model, trigger in kept.values()}


def test_a_second_trigger_of_the_same_name_is_refused_until_the_first_is_gone():
    first, second = _refusal("kept_name", pgtrigger.Update), _refusal("kept_name", pgtrigger.Delete)
    first.register(Receipt)
    with pytest.raises(KeyError, match="already used for model"):
        second.register(Receipt)
    first.unregister(Receipt)
    second.register(Receipt)
    assert registry._registry.by_db_table[Receipt._meta.db_table, "kept_name"] is second
