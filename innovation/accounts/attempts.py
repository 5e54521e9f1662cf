"""Counting wrong tries on the shared cache, so that guessing stops whatever process answers."""

from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """At most ``tries`` wrong tries per key in ``seconds``; the count starts anew when that time has passed."""

    scope: str
    tries: int
    seconds: int

    def _key(self, key: str) -> str:
        return f"attempts:{self.scope}:{key}"

    def is_reached(self, key: str) -> bool:
        return cache.get(self._key(key), 0) >= self.tries

    def count(self, key: str) -> int:
        """Note one wrong try and return how many there are now."""
        cache.add(self._key(key), 0, self.seconds)
        try:
            return cache.incr(self._key(key))
        except ValueError:  # the window closed between the two calls
            cache.set(self._key(key), 1, self.seconds)
            return 1
