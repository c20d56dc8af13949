"""Method calls over a small class hierarchy: tasks that pass messages."""

from measure import measure


class Task:
    def __init__(self, name, after):
        self.name, self.after = name, after
        self.inbox, self.done = [], 0

    def receive(self, packet):
        self.inbox.append(packet)

    def step(self):
        if not self.inbox:
            return False
        self.done += 1
        return self.work(self.inbox.pop())


class Forward(Task):
    def work(self, packet):
        packet.hops -= 1
        if packet.hops > 0:
            self.after.receive(packet)
        return True


class Split(Task):
    def work(self, packet):
        packet.hops -= 2
        if packet.hops > 1:
            self.after.receive(packet)
        if packet.hops > 40:
            self.after.receive(Packet(packet.hops // 2))
        return True


class Packet:
    __slots__ = ("hops",)

    def __init__(self, hops):
        self.hops = hops


def run():
    last = Forward("last", None)
    task = last
    for k in range(6):
        task = (Split if k % 3 == 1 else Forward)(f"task {k}", task)
    last.after = task
    tasks, here = [], task
    while here not in tasks:
        tasks.append(here)
        here = here.after
    for k in range(40):
        task.receive(Packet(60 + k))
    busy = True
    while busy:
        busy = False
        for here in tasks:
            if here.step():
                busy = True
    return sum(t.done for t in tasks)


measure(run)
