# What the gc module shows of the collector, and the order of a collection.
import gc
import sys
import weakref

gc.collect()
gc.disable()


class Node:
    def __init__(self, name):
        self.name = name
        self.me = self


# Thresholds.
old = gc.get_threshold()
print(old)
gc.set_threshold(700)
print(gc.get_threshold())
gc.set_threshold(700, 11, 12)
print(gc.get_threshold())
gc.set_threshold(*old)
for args in [(), (1, 2, 3, 4), ("a",)]:
    try:
        gc.set_threshold(*args)
    except TypeError as e:
        print(e)
for generation in [5, -1, "1"]:
    for function in [gc.collect, gc.get_objects]:
        try:
            function(generation)
        except (TypeError, ValueError) as e:
            print(function.__name__, generation, type(e).__name__, e)

# Objects and references.
node = Node("a")
print(any(o is node for o in gc.get_objects()), any(o is node for o in gc.get_objects(0)))
gc.collect()
print(any(o is node for o in gc.get_objects(2)), any(o is node for o in gc.get_objects(0)))
inner = ["inner"]
holder = [inner]
table = {"key": inner}
referrers = gc.get_referrers(inner)
print(any(o is holder for o in referrers), any(o is table for o in referrers))
print(gc.get_referents(holder) == [inner], gc.get_referents((1.5, "x")) != [], gc.get_referents(7, "s"))
print(gc.get_referrers())

# Statistics and callbacks.
before = gc.get_stats()
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, info["generation"], info["collected"])))
Node("b")
print(gc.collect())
gc.callbacks.clear()
after = gc.get_stats()
print(events)
print(after[2]["collections"] - before[2]["collections"], after[2]["collected"] - before[2]["collected"])
print([sorted(s) for s in after])


def bad(phase, info):
    raise ValueError(phase)


seen = []
sys.unraisablehook = lambda u: seen.append((repr(u.exc_value), u.object is bad))
gc.callbacks.append(bad)
gc.collect()
gc.callbacks.clear()
sys.unraisablehook = sys.__unraisablehook__
print(seen)

# What is frozen is not collected.
node = Node("frozen")
there = weakref.ref(node)
gc.freeze()
print(gc.get_freeze_count() > 100)
del node
gc.collect()
print(there() is not None)
gc.unfreeze()
print(gc.get_freeze_count())
gc.collect()
print(there())

# Debugging flags.
gc.set_debug(gc.DEBUG_SAVEALL)
print(gc.get_debug())
Node("saved")
gc.collect()
gc.set_debug(0)
print([o.name for o in gc.garbage if isinstance(o, Node)])
gc.garbage.clear()
gc.collect()

# Weak references that are garbage themselves call nobody; others do, and none shows its object.
called = []
a, b = Node("a"), Node("b")
a.b, b.a = b, a
a.own = weakref.ref(b, lambda r: called.append("inner"))
outer = weakref.ref(a, lambda r: called.append(("outer", r())))
del a, b
gc.collect()
print(called)

# A finalizer that brings one object back: the rest goes at once, and it is called once.
kept = []
calls = []


class Phoenix(Node):
    def __del__(self):
        calls.append(self.name)
        if self.name == "back":
            kept.append(self)


gone = Phoenix("gone")
back = Phoenix("back")
gone.other = back
dead = []
weakref.finalize(gone, dead.append, "gone").atexit = False
del gone, back
gc.collect()
print(sorted(calls), [o.name for o in kept], dead)
print(len([o for o in gc.get_objects() if type(o) is Phoenix]))
kept.clear()
gc.collect()
print(sorted(calls), len([o for o in gc.get_objects() if type(o) is Phoenix]))
gc.enable()
