"""Huffman coding with a heap of our own; encoding, decoding, canonical codes."""

from collections import Counter


class Heap:
    def __init__(self):
        self.items = []

    def push(self, item):
        items = self.items
        items.append(item)
        i = len(items) - 1
        while i and items[i] < items[(i - 1) // 2]:
            parent = (i - 1) // 2
            items[i], items[parent] = items[parent], items[i]
            i = parent

    def pop(self):
        items = self.items
        top, last = items[0], items.pop()
        if items:
            items[0] = last
            i = 0
            while True:
                child = 2 * i + 1
                if child >= len(items):
                    break
                if child + 1 < len(items) and items[child + 1] < items[child]:
                    child += 1
                if items[i] <= items[child]:
                    break
                items[i], items[child] = items[child], items[i]
                i = child
        return top

    def __len__(self):
        return len(self.items)


def tree(text):
    heap = Heap()
    for order, (char, count) in enumerate(sorted(Counter(text).items())):
        heap.push((count, order, char))
    serial = len(heap)
    while len(heap) > 1:
        a, b = heap.pop(), heap.pop()
        heap.push((a[0] + b[0], serial, (a[2], b[2])))
        serial += 1
    return heap.pop()[2]


def codes(node, prefix=""):
    if isinstance(node, str):
        yield node, prefix or "0"
    else:
        left, right = node
        yield from codes(left, prefix + "0")
        yield from codes(right, prefix + "1")


def canonical(table):
    code, last, out = 0, 0, {}
    for char, bits in sorted(table.items(), key=lambda pair: (len(pair[1]), pair[0])):
        code <<= len(bits) - last
        last = len(bits)
        out[char] = format(code, f"0{last}b")
        code += 1
    return out


def pack(bits):
    padding = -len(bits) % 8
    bits += "0" * padding
    return padding, bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def unpack(padding, data):
    bits = "".join(f"{byte:08b}" for byte in data)
    return bits[: len(bits) - padding]


def decode(node, bits):
    out, here = [], node
    for bit in bits:
        here = here[bit == "1"]
        if isinstance(here, str):
            out.append(here)
            here = node
    return "".join(out)


TEXT = "she sells sea shells by the sea shore; the shells she sells are surely seashells. " * 60
root = tree(TEXT)
table = dict(codes(root))
for char in sorted(table, key=lambda c: (len(table[c]), c)):
    print(repr(char), table[char])
bits = "".join(table[c] for c in TEXT)
padding, data = pack(bits)
print(len(TEXT), len(bits), len(data), padding, data[:16].hex())
print(decode(root, unpack(padding, data)) == TEXT)
canon = canonical(table)
print(canon)
print(all(not a.startswith(b) for a in canon.values() for b in canon.values() if a != b))
print(sum(len(canon[c]) for c in TEXT) == len(bits))
print(dict(codes(tree("aaaa"))), dict(codes(tree("ab"))))
