# Cyclic garbage goes soon: what is freed by its count meanwhile is no credit, and old objects that die do not delay it.
import gc
import weakref


class Node:
    def __init__(self):
        self.me = self


class Slots:
    __slots__ = ("x", "__weakref__")

    def __init__(self, x):
        self.x = x


alive = weakref.WeakSet()
most = 0
kept = [Node() for i in range(20000)]
gc.collect()
for i in range(60):
    # Many that live for a while and then die by their counts.
    batch = [Slots(1.5) for j in range(3000)]
    del batch
    for j in range(100):
        alive.add(Node())
    most = max(most, len(alive))
print("cycles wait in bounds:", most < 4000)
del kept
gc.collect()
print(len(alive))

# An object whose attributes are plain is passed over by young collections; it may become part of a cycle later.
ring = [Slots(i) for i in range(5000)]
for i, one in enumerate(ring):
    one.x = ring[i - 1]
watch = weakref.ref(ring[7])
del ring, one
gc.collect()
print(watch() is None)

# A class and an instance without attributes that lead to each other.
def scope():
    class Own:
        pass

    Own.instance = Own()
    return weakref.ref(Own)


gone = scope()
gc.collect()
print(gone() is None)

# Finalizers that bring back a part: the rest goes at once.
saved = []


class Phoenix:
    def __init__(self, name, other=None):
        self.name = name
        self.other = other
        self.me = self

    def __del__(self):
        if self.name == "back":
            saved.append(self)
        else:
            log.append(self.name)


log = []
back = Phoenix("back", Phoenix("held by it"))
lost = Phoenix("lost")
refs = [weakref.ref(lost)]
del back, lost
gc.collect()
print(sorted(log), [one.name for one in saved], saved[0].other.name, refs[0]() is None)
saved.clear()
gc.collect()
print(sorted(log))
threshold = gc.get_threshold()
gc.set_threshold(100)
print(gc.get_threshold()[0])
for i in range(1000):
    alive.add(Node())
print(len(alive) < 400)
gc.set_threshold(*threshold)
gc.disable()
alive.clear()
for i in range(5000):
    alive.add(Node())
print(len(alive))
gc.enable()
gc.collect()
print(len(alive))
