"""Priority queues compared: heapq, a pairing heap, a skew heap, sorted insertion; a scheduling simulation."""

import heapq
from bisect import insort
from itertools import count


class Pairing:
    __slots__ = ("root", "size")

    class Node:
        __slots__ = ("item", "child", "sibling")

        def __init__(self, item):
            self.item, self.child, self.sibling = item, None, None

    def __init__(self):
        self.root, self.size = None, 0

    @staticmethod
    def meld(a, b):
        if a is None:
            return b
        if b is None:
            return a
        if b.item < a.item:
            a, b = b, a
        b.sibling, a.child = a.child, b
        return a

    def push(self, item):
        self.root = self.meld(self.root, self.Node(item))
        self.size += 1

    def pop(self):
        if self.root is None:
            raise IndexError("pop from empty heap")
        item, node = self.root.item, self.root.child
        pairs = []
        while node is not None:
            after = node.sibling
            rest = after.sibling if after is not None else None
            node.sibling = None
            if after is not None:
                after.sibling = None
            pairs.append(self.meld(node, after))
            node = rest
        root = None
        while pairs:
            root = self.meld(root, pairs.pop())
        self.root = root
        self.size -= 1
        return item

    def __len__(self):
        return self.size


class Skew:
    def __init__(self):
        self.tree, self.size = None, 0

    def merge(self, a, b):
        if not a:
            return b
        if not b:
            return a
        if b[0] < a[0]:
            a, b = b, a
        return (a[0], self.merge(a[2], b), a[1])

    def push(self, item):
        self.tree = self.merge(self.tree, (item, None, None))
        self.size += 1

    def pop(self):
        item, left, right = self.tree
        self.tree = self.merge(left, right)
        self.size -= 1
        return item

    def __len__(self):
        return self.size


class Library:
    def __init__(self):
        self.items = []

    def push(self, item):
        heapq.heappush(self.items, item)

    def pop(self):
        return heapq.heappop(self.items)

    def __len__(self):
        return len(self.items)


class Sorted(Library):
    def push(self, item):
        insort(self.items, item)

    def pop(self):
        return self.items.pop(0)


def numbers(n, seed=7):
    for _ in range(n):
        seed = (seed * 16807) % 2147483647
        yield seed % 1000


reference = sorted(numbers(1500))
for kind in (Pairing, Skew, Library, Sorted):
    queue = kind()
    for number in numbers(1500):
        queue.push(number)
    print(kind.__name__, [queue.pop() for _ in range(len(queue))] == reference)
    for i, number in enumerate(numbers(800, seed=99)):
        queue.push((number, i))
        if i % 3 == 2:
            queue.pop()
    print(len(queue), queue.pop(), queue.pop())
try:
    Pairing().pop()
except IndexError as error:
    print(error)


class Job:
    serial = count(1)

    def __init__(self, priority, length, arrival):
        self.id = next(Job.serial)
        self.priority, self.length, self.arrival = priority, length, arrival
        self.left = length

    def __lt__(self, other):
        return (self.priority, self.arrival, self.id) < (other.priority, other.arrival, other.id)

    def __repr__(self):
        return f"J{self.id}p{self.priority}"


def simulate(jobs, quantum, ageing):
    queue, clock, finished, waiting = Pairing(), 0, [], 0
    arrivals = sorted(jobs, key=lambda job: job.arrival)
    position = 0
    while len(queue) or position < len(arrivals):
        while position < len(arrivals) and arrivals[position].arrival <= clock:
            queue.push(arrivals[position])
            position += 1
        if not len(queue):
            clock = arrivals[position].arrival
            continue
        job = queue.pop()
        ran = min(quantum, job.left)
        clock += ran
        job.left -= ran
        if job.left:
            job.priority += ageing
            queue.push(job)
        else:
            finished.append(job)
            waiting += clock - job.arrival - job.length
    return clock, waiting / len(finished), finished


for quantum, ageing in [(3, 0), (3, 1), (100, 0)]:
    values = list(numbers(900, seed=4242))
    jobs = [Job(values[i] % 5, values[i + 1] % 20 + 1, values[i + 2] * 2) for i in range(0, 900, 3)]
    clock, wait, finished = simulate(jobs, quantum, ageing)
    print(clock, f"{wait:.3f}", finished[:6])
print(heapq.nlargest(3, numbers(100)), heapq.nsmallest(3, numbers(100), key=lambda v: -v), list(heapq.merge([1, 4], [2, 3], [0, 9])))
