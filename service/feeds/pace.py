"""How often one address may be asked for: enough for every calendar program, too little to be a burden."""

from collections import OrderedDict
from math import ceil

BURST = 60  # requests at once
PER_SECOND = 1.0  # requests, after that
_KEPT = 20_000  # addresses


class Pace:
    """A bucket of requests per address that fills again with time; ``now`` is in seconds, never back."""

    def __init__(self, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> int:
        """Take a request out of the bucket; return how many seconds to wait when there is none."""
        left, since = self._buckets.get(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        taken = left >= 1
        self._buckets[key] = (left - taken, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return 0 if taken else ceil((1 - left) / self._per_second)
