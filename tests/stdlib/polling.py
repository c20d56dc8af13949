"""select: waiting for descriptors with select() and poll objects."""

import os
import select

reading, writing = os.pipe()
print(select.select([reading], [writing], [], 0) == ([], [writing], []))
os.write(writing, b"x")
print(select.select([reading], [], [reading], 5) == ([reading], [], []))


class File:
    def __init__(self, number):
        self.number = number

    def fileno(self):
        return self.number


file = File(reading)
print(select.select([file], [], []) == ([file], [], []))

poll = select.poll()
print(type(poll).__name__, type(poll).__module__)
poll.register(reading, select.POLLIN)
poll.register(writing, select.POLLOUT)
print(sorted(poll.poll()) == sorted([(reading, select.POLLIN), (writing, select.POLLOUT)]))
os.read(reading, 1)
poll.modify(writing, 0)
print(poll.poll(0), poll.poll(1.5))
poll.unregister(writing)
os.close(writing)
print(poll.poll(1000) == [(reading, select.POLLHUP)])
for call in (
    lambda: poll.unregister(writing),
    lambda: poll.modify(9999, 1),
    lambda: poll.register(-1),
    lambda: poll.register("x"),
    lambda: poll.register(reading, -1),
    lambda: poll.register(reading, 1 << 20),
    lambda: poll.poll("x"),
    lambda: select.select([], [], [], "x"),
    lambda: select.select([], [], [], -1),
    lambda: select.select([-1], [], []),
    lambda: select.select([object()], [], []),
    lambda: select.select([File("x")], [], []),
    lambda: select.select([writing], [], [], 0),
    lambda: type(poll)(),
):
    try:
        print(call())
    except (OSError, KeyError, TypeError, ValueError, OverflowError) as e:
        message = e.errno if isinstance(e, OSError) else str(e).replace(str(writing), "FD")
        print(type(e).__name__, message)
os.close(reading)
print(select.select([], [], [], 0.01))
