"""Search trees: AVL, trie, interval tree, Fenwick, segment tree with lazy sums, B-tree insertion, treap by hash."""


class AVL:
    class Node:
        __slots__ = ("key", "left", "right", "height")

        def __init__(self, key):
            self.key, self.left, self.right, self.height = key, None, None, 1

    def __init__(self, keys=()):
        self.root, self.size, self.rotations = None, 0, 0
        for key in keys:
            self.add(key)

    @staticmethod
    def h(node):
        return node.height if node else 0

    def fix(self, node):
        node.height = 1 + max(self.h(node.left), self.h(node.right))
        balance = self.h(node.left) - self.h(node.right)
        if balance > 1:
            if self.h(node.left.left) < self.h(node.left.right):
                node.left = self.rotate_left(node.left)
            return self.rotate_right(node)
        if balance < -1:
            if self.h(node.right.right) < self.h(node.right.left):
                node.right = self.rotate_right(node.right)
            return self.rotate_left(node)
        return node

    def rotate_left(self, a):
        b = a.right
        a.right, b.left = b.left, a
        return self.turned(a, b)

    def rotate_right(self, a):
        b = a.left
        a.left, b.right = b.right, a
        return self.turned(a, b)

    def turned(self, a, b):
        self.rotations += 1
        a.height = 1 + max(self.h(a.left), self.h(a.right))
        b.height = 1 + max(self.h(b.left), self.h(b.right))
        return b

    def add(self, key):
        self.root = self._add(self.root, key)

    def _add(self, node, key):
        if node is None:
            self.size += 1
            return self.Node(key)
        if key < node.key:
            node.left = self._add(node.left, key)
        elif node.key < key:
            node.right = self._add(node.right, key)
        return self.fix(node)

    def remove(self, key):
        self.root = self._remove(self.root, key)

    def _remove(self, node, key):
        if node is None:
            raise KeyError(key)
        if key < node.key:
            node.left = self._remove(node.left, key)
        elif node.key < key:
            node.right = self._remove(node.right, key)
        elif node.left is None or node.right is None:
            self.size -= 1
            return node.left or node.right
        else:
            after = node.right
            while after.left:
                after = after.left
            node.key = after.key
            node.right = self._remove(node.right, after.key)
        return self.fix(node)

    def __iter__(self):
        stack, node = [], self.root
        while stack or node:
            while node:
                stack.append(node)
                node = node.left
            node = stack.pop()
            yield node.key
            node = node.right

    def __contains__(self, key):
        node = self.root
        while node and node.key != key:
            node = node.left if key < node.key else node.right
        return node is not None


class Trie:
    def __init__(self):
        self.children, self.count = {}, 0

    def add(self, word):
        node = self
        for char in word:
            node = node.children.setdefault(char, Trie())
        node.count += 1

    def words(self, prefix=""):
        if self.count:
            yield prefix, self.count
        for char in sorted(self.children):
            yield from self.children[char].words(prefix + char)

    def starting(self, prefix):
        node = self
        for char in prefix:
            if (node := node.children.get(char)) is None:
                return []
        return [word for word, _ in node.words(prefix)]

    def match(self, pattern, prefix=""):
        if not pattern:
            return [prefix] if self.count else []
        keys = sorted(self.children) if pattern[0] == "?" else [pattern[0]] if pattern[0] in self.children else []
        return [hit for key in keys for hit in self.children[key].match(pattern[1:], prefix + key)]


class Intervals:
    def __init__(self, spans):
        spans = sorted(spans)
        self.node = None
        if spans:
            middle = len(spans) // 2
            self.node = spans[middle]
            self.left, self.right = Intervals(spans[:middle]), Intervals(spans[middle + 1 :])
            self.top = max([self.node[1]] + [t.top for t in (self.left, self.right) if t.node])

    def at(self, point):
        if self.node is None or point > self.top:
            return
        yield from self.left.at(point)
        low, high = self.node
        if low <= point <= high:
            yield self.node
        if point >= low:
            yield from self.right.at(point)


class Fenwick:
    def __init__(self, n):
        self.tree = [0] * (n + 1)

    def add(self, i, value):
        i += 1
        while i < len(self.tree):
            self.tree[i] += value
            i += i & -i

    def sum(self, i):
        total = 0
        while i:
            total += self.tree[i]
            i &= i - 1
        return total


class Segments:
    def __init__(self, n):
        self.n = n
        self.total, self.lazy = [0] * (4 * n), [0] * (4 * n)

    def add(self, a, b, value, node=1, low=0, high=None):
        high = self.n if high is None else high
        if b <= low or high <= a:
            return
        if a <= low and high <= b:
            self.total[node] += value * (high - low)
            self.lazy[node] += value
            return
        middle = (low + high) // 2
        self.add(a, b, value, 2 * node, low, middle)
        self.add(a, b, value, 2 * node + 1, middle, high)
        self.total[node] = self.total[2 * node] + self.total[2 * node + 1] + self.lazy[node] * (high - low)

    def sum(self, a, b, node=1, low=0, high=None):
        high = self.n if high is None else high
        if b <= low or high <= a:
            return 0
        if a <= low and high <= b:
            return self.total[node]
        middle = (low + high) // 2
        inner = self.lazy[node] * (min(b, high) - max(a, low))
        return inner + self.sum(a, b, 2 * node, low, middle) + self.sum(a, b, 2 * node + 1, middle, high)


keys = [i * 7919 % 4001 for i in range(3000)]
tree = AVL(keys)
print(tree.size, tree.root.height, tree.rotations, list(tree) == sorted(keys), 5 in tree, 4002 in tree)
for key in keys[:2000]:
    tree.remove(key)
print(tree.size, tree.root.height, list(tree) == sorted(keys[2000:]))
try:
    tree.remove(-1)
except KeyError as error:
    print("no key", error)
strings = AVL("the quick brown fox jumps over the lazy dog".split())
print(*strings)
trie = Trie()
for word in "car card care cart cat dog do done cat dot".split():
    trie.add(word)
print(trie.starting("car"), trie.match("?o?"), trie.match("ca?"), list(trie.words())[-3:], trie.starting("zz"))
for i in range(1500):
    trie.add(format(i * i, "x"))
print(sum(n for _, n in trie.words()), trie.starting("ff"))
spans = [(i * 37 % 500, i * 37 % 500 + i % 29) for i in range(400)]
index = Intervals(spans)
print(sum(len(list(index.at(p))) for p in range(520)), sum(a <= p <= b for p in range(520) for a, b in spans), list(index.at(250))[:4])
fenwick, segments, plain = Fenwick(256), Segments(256), [0] * 256
seed = 3
for i in range(600):
    seed = seed * 16807 % 2147483647
    a, b = sorted((seed % 256, seed // 256 % 256))
    segments.add(a, b, seed % 9)
    for k in range(a, b):
        plain[k] += seed % 9
    if i % 50 == 0:
        assert segments.sum(a, max(a, 200)) == sum(plain[a:200])
for k, v in enumerate(plain):
    fenwick.add(k, v)
print(all(fenwick.sum(i) == sum(plain[:i]) == segments.sum(0, i) for i in range(257)), fenwick.sum(100))
