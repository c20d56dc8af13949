"""A least-recently-used cache on a doubly linked list, against OrderedDict and functools.lru_cache."""

from collections import OrderedDict
from functools import lru_cache


class Node:
    __slots__ = ("key", "value", "before", "after")

    def __init__(self, key=None, value=None):
        self.key = key
        self.value = value
        self.before = self.after = self


class LRU:
    def __init__(self, capacity):
        self.capacity = capacity
        self.nodes = {}
        self.head = Node()
        self.hits = self.misses = 0

    def _unlink(self, node):
        node.before.after = node.after
        node.after.before = node.before

    def _push(self, node):
        head = self.head
        node.before, node.after = head, head.after
        head.after.before = node
        head.after = node

    def get(self, key, default=None):
        node = self.nodes.get(key)
        if node is None:
            self.misses += 1
            return default
        self.hits += 1
        self._unlink(node)
        self._push(node)
        return node.value

    def put(self, key, value):
        node = self.nodes.get(key)
        if node is not None:
            node.value = value
            self._unlink(node)
            self._push(node)
            return
        if len(self.nodes) >= self.capacity:
            oldest = self.head.before
            self._unlink(oldest)
            del self.nodes[oldest.key]
        node = self.nodes[key] = Node(key, value)
        self._push(node)

    def __iter__(self):
        node = self.head.after
        while node is not self.head:
            yield node.key
            node = node.after

    def __len__(self):
        return len(self.nodes)


class OrderedLRU(OrderedDict):
    def __init__(self, capacity):
        super().__init__()
        self.capacity = capacity

    def fetch(self, key):
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def store(self, key, value):
        self[key] = value
        self.move_to_end(key)
        if len(self) > self.capacity:
            self.popitem(last=False)


def sequence(n, seed=12345):
    state = seed
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        yield (state >> 16) % 200


cache = LRU(64)
other = OrderedLRU(64)
for key in sequence(20000):
    mine = cache.get(key)
    theirs = other.fetch(key)
    assert mine == theirs, (key, mine, theirs)
    if mine is None:
        cache.put(key, key * key)
        other.store(key, key * key)
print(cache.hits, cache.misses, len(cache))
print(list(cache) == list(reversed(other)))
print(list(cache)[:10])

calls = []


@lru_cache(maxsize=3)
def slow(n, *, power=2):
    calls.append(n)
    return n**power


for n in [1, 2, 3, 1, 4, 1, 2, 3, 3, 3]:
    slow(n)
print(calls, slow.cache_info())
print(slow(2, power=10), slow.cache_info().currsize)
slow.cache_clear()
print(slow.cache_info(), slow.__wrapped__(5))


@lru_cache(maxsize=None)
def ways(n, coins=(1, 2, 5, 10, 20, 50, 100, 200)):
    if n == 0:
        return 1
    if n < 0 or not coins:
        return 0
    return ways(n - coins[-1], coins) + ways(n, coins[:-1])


print(ways(200), ways.cache_info().misses)
