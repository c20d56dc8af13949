import heapq, bisect, _heapq, _bisect


def t(s):
    try:
        print(s, "=>", repr(eval(s)))
    except BaseException as e:
        print(s, "=>", type(e).__name__, e)


import random
rng = random.Random(3)
for n in range(60):
    data = [rng.randrange(30) for _ in range(n)]
    h = data[:]
    heapq.heapify(h)
    m = data[:]
    heapq.heapify_max(m)
    out, most = [], []
    while h:
        out.append(heapq.heappop(h))
        most.append(heapq.heappop_max(m))
    assert out == sorted(data) and most == out[::-1]
    h = []
    for x in data:
        heapq.heappush(h, x)
    assert heapq.nsmallest(3, data) == sorted(data)[:3] and heapq.nlargest(3, data) == sorted(data)[::-1][:3]
    assert list(heapq.merge(sorted(data), sorted(data))) == sorted(data * 2)
    s = sorted(data)
    for x in range(-1, 31):
        l, r = bisect.bisect_left(s, x), bisect.bisect_right(s, x)
        assert s[:l] == [y for y in s if y < x] and s[r:] == [y for y in s if y > x]
class Bad:
    def __init__(self, heap): self.heap = heap
    def __lt__(self, other): self.heap.clear(); return True
h = []
h.extend(Bad(h) for _ in range(5))
for s in """heapq.heapify(h)
heapq.heappop([])
heapq.heappop(())
heapq.heappush(1, 2)
heapq.heapreplace([], 1)
heapq.heappushpop([], 1)
heapq.heappushpop([1, 3], 2)
heapq.heapreplace([1, 3], 9)
heapq.heappushpop_max([3, 1], 2)
heapq.heapreplace_max([3, 1], 0)
heapq.heapify([1, "a"])
bisect.bisect([1, 2], 1, -1)
bisect.bisect([1, 2], "a")
bisect.bisect([1, 2], 1, 0, 5)
bisect.bisect_left([(1,), (2,)], 2, key=lambda p: p[0])
bisect.bisect(5, 1)
bisect.bisect([1, 2, 3], 2, hi=1)
bisect.bisect([1, 2, 3], 2, lo="a")
bisect.bisect([1, 2], 1, 0, None)
bisect.insort([1], 0, key="x")""".split("\n"):
    t(s)
l = [1, 5]; bisect.insort(l, 3); bisect.insort_left(l, 3.0, key=lambda v: v); print(l)
class L:
    def __len__(self): return 3
    def __getitem__(self, i): return i * 10
    def insert(self, i, x): print("insert", i, x)
bisect.insort(L(), 15); print(bisect.bisect(L(), 20))
