"""Buffers beside a pickle."""
import pickle
import zoneinfo

collected = []
data = bytearray(b"a large buffer")
pickled = pickle.dumps([pickle.PickleBuffer(data), 1], 5, buffer_callback=collected.append)
print(len(collected), type(collected[0]), pickle.loads(pickled, buffers=collected)[0] is data, pickle.loads(pickled, buffers=[b"other"]))
print(pickle.loads(pickle.dumps(pickle.PickleBuffer(b"inside"), 5)), pickle.loads(pickle.dumps(pickle.PickleBuffer(data), 5)))
buffer = pickle.PickleBuffer(data)
raw = buffer.raw()
raw[0] = 65
print(data, raw.format, raw.readonly, bytes(memoryview(buffer)), bytes(buffer))
raw.release()
for call in [lambda: pickle.PickleBuffer(5), lambda: pickle.PickleBuffer(memoryview(b"abcdef")[::2]).raw(), lambda: pickle.dumps(buffer, 4), lambda: pickle.loads(pickled),
             lambda: pickle.PickleBuffer()]:
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__)
print(buffer.release(), buffer.release())
for call in [buffer.raw, lambda: memoryview(buffer)]:
    try:
        print(call())
    except ValueError as e:
        print(e)
print(zoneinfo.ZoneInfo("UTC"), repr(zoneinfo.ZoneInfo("UTC")), zoneinfo.ZoneInfo.__module__, pickle.loads(pickle.dumps(zoneinfo.ZoneInfo("UTC"))) is zoneinfo.ZoneInfo("UTC"))
