# `__buffer__` and `__release_buffer__` (PEP 688).
import array
import collections.abc
import inspect
import io
import marshal


def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(type(error).__name__, error)


class Lender:
    def __init__(self, data):
        self.data = bytearray(data)
        self.lent = 0

    def __buffer__(self, flags):
        self.lent += 1
        print("lends", bool(flags & inspect.BufferFlags.WRITABLE))
        return memoryview(self.data)

    def __release_buffer__(self, view):
        self.lent -= 1
        print("released", view.tobytes())


lender = Lender(b"abc")
print(bytes(lender), lender.lent)
with memoryview(lender) as view:
    print(view.tobytes(), view.readonly, len(view), lender.lent)
    view[0] = 65
print(lender.data, lender.lent)
print(bytearray(lender), b"".join([lender, b"-"]))
print(io.BytesIO(b"12345").readinto(lender), lender.data)
print(isinstance(lender, collections.abc.Buffer), isinstance(1, collections.abc.Buffer))
for owner in (b"x", bytearray(b"x"), memoryview(b"x"), array.array("i", [1])):
    print(isinstance(owner, collections.abc.Buffer), owner.__buffer__(0).tobytes()[:1], owner.__buffer__(0).format)
attempt(lambda: b"x".__buffer__(inspect.BufferFlags.WRITABLE))
attempt(lambda: b"x".__buffer__())


class Wrong:
    def __buffer__(self, flags):
        return b"no view"


class Raising:
    def __buffer__(self, flags):
        raise OSError("not now")


attempt(lambda: memoryview(Wrong()))
attempt(lambda: bytes(Raising()))
attempt(lambda: memoryview(object()))


class Item:
    def __hash__(self):
        return 0

    def __buffer__(self, flags):
        sample.clear()
        return memoryview(b"abc")


sample = {Item()}
sample.update(range(1, 60))
attempt(lambda: marshal.dumps(sample))
