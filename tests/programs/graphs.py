"""Graph algorithms: Dijkstra, A*, topological order, Tarjan, Kruskal, max flow, Floyd-Warshall, PageRank, Euler tour."""

import heapq
from collections import defaultdict, deque


class Graph:
    def __init__(self, directed=True):
        self.edges = defaultdict(dict)
        self.directed = directed

    def add(self, a, b, weight=1):
        self.edges[a][b] = weight
        self.edges[b]
        if not self.directed:
            self.edges[b][a] = weight
        return self

    def __iter__(self):
        return iter(self.edges)

    def __getitem__(self, node):
        return self.edges[node].items()

    def __len__(self):
        return len(self.edges)


def dijkstra(graph, start):
    distance, heap, parent = {}, [(0, start, None)], {}
    while heap:
        d, node, via = heapq.heappop(heap)
        if node in distance:
            continue
        distance[node], parent[node] = d, via
        for other, weight in graph[node]:
            if other not in distance:
                heapq.heappush(heap, (d + weight, other, node))
    return distance, parent


def path(parent, node):
    out = []
    while node is not None:
        out.append(node)
        node = parent[node]
    return out[::-1]


class Cycle(Exception):
    pass


def topological(graph):
    state, order = {}, []

    def visit(node, trail):
        if state.get(node) == 1:
            raise Cycle(trail[trail.index(node) :])
        if node not in state:
            state[node] = 1
            for other, _ in graph[node]:
                visit(other, trail + [other])
            state[node] = 2
            order.append(node)

    for node in sorted(graph):
        visit(node, [node])
    return order[::-1]


def tarjan(graph):
    index, low, stack, on, out = {}, {}, [], set(), []

    def connect(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        on.add(v)
        for w, _ in graph[v]:
            if w not in index:
                connect(w)
                low[v] = min(low[v], low[w])
            elif w in on:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            component = []
            while True:
                w = stack.pop()
                on.discard(w)
                component.append(w)
                if w == v:
                    break
            out.append(sorted(component))

    for v in list(graph):
        if v not in index:
            connect(v)
    return out


class Union:
    def __init__(self):
        self.parent = {}

    def find(self, x):
        root = x
        while (up := self.parent.setdefault(root, root)) != root:
            root = up
        while self.parent[x] != root:
            self.parent[x], x = root, self.parent[x]
        return root

    def join(self, a, b):
        a, b = self.find(a), self.find(b)
        self.parent[a] = b
        return a != b


def kruskal(edges):
    union = Union()
    return [(w, a, b) for w, a, b in sorted(edges) if union.join(a, b)]


def max_flow(capacity, source, sink):
    flow = 0
    residual = {a: dict(bs) for a, bs in capacity.items()}
    while True:
        parent, queue = {source: None}, deque([source])
        while queue and sink not in parent:
            a = queue.popleft()
            for b, c in residual.get(a, {}).items():
                if c > 0 and b not in parent:
                    parent[b] = a
                    queue.append(b)
        if sink not in parent:
            return flow
        steps = path(parent, sink)
        amount = min(residual[a][b] for a, b in zip(steps, steps[1:]))
        for a, b in zip(steps, steps[1:]):
            residual[a][b] -= amount
            residual.setdefault(b, {}).setdefault(a, 0)
            residual[b][a] += amount
        flow += amount


def floyd(n, edges):
    inf = float("inf")
    d = [[0 if i == j else inf for j in range(n)] for i in range(n)]
    for a, b, w in edges:
        d[a][b] = min(d[a][b], w)
    for k in range(n):
        dk = d[k]
        for di in d:
            dik = di[k]
            if dik != inf:
                for j in range(n):
                    if dik + dk[j] < di[j]:
                        di[j] = dik + dk[j]
    return d


def pagerank(graph, turns, damping=0.85):
    n = len(graph)
    rank = {node: 1 / n for node in graph}
    for _ in range(turns):
        new = dict.fromkeys(graph, (1 - damping) / n)
        for node in graph:
            targets = [other for other, _ in graph[node]] or list(graph)
            for other in targets:
                new[other] += damping * rank[node] / len(targets)
        rank = new
    return rank


def astar(maze, start, goal):
    def guess(p):
        return abs(p[0] - goal[0]) + abs(p[1] - goal[1])

    heap, cost, expanded = [(guess(start), 0, start)], {start: 0}, 0
    while heap:
        _, g, here = heapq.heappop(heap)
        if here == goal:
            return g, expanded
        if g > cost[here]:
            continue
        expanded += 1
        x, y = here
        for nx, ny in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if 0 <= ny < len(maze) and 0 <= nx < len(maze[0]) and maze[ny][nx] != "#" and g + 1 < cost.get((nx, ny), 1 << 30):
                cost[nx, ny] = g + 1
                heapq.heappush(heap, (g + 1 + guess((nx, ny)), g + 1, (nx, ny)))
    return None


g = Graph()
for i in range(400):
    for k in (1, 7, 31):
        g.add(i, (i * 3 + k) % 400, (i * k) % 17 + 1)
distance, parent = dijkstra(g, 0)
print(len(distance), max(distance.values()), path(parent, max(distance, key=lambda n: (distance[n], n))), sum(distance.values()))
tasks = Graph()
for line in "shirt tie|tie jacket|trousers shoes|trousers belt|belt jacket|socks shoes|watch".split("|"):
    names = line.split()
    tasks.add(*names) if len(names) == 2 else tasks.edges[names[0]]
print(topological(tasks))
tasks.add("jacket", "trousers")
try:
    topological(tasks)
except Cycle as error:
    print("cycle", *error.args)
scc = Graph()
for a, b in [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3), (6, 5), (6, 7), (7, 6), (8, 8)]:
    scc.add(a, b)
print(tarjan(scc), [len(c) for c in tarjan(g)][:5])
edges = [((a * b * 31 + a + b) % 97, a, b) for a in range(60) for b in range(a + 1, 60)]
tree = kruskal(edges)
print(len(tree), sum(w for w, _, _ in tree), tree[:3], tree[-1])
print(max_flow({"s": {"a": 10, "b": 5}, "a": {"b": 15, "t": 5}, "b": {"t": 10}}, "s", "t"), max_flow({i: {(i * 2 + k) % 40: i % 7 + k for k in (1, 2, 5)} for i in range(40)}, 0, 39))
d = floyd(60, [(i, (i * 7 + k) % 60, (i + k) % 9 + 1) for i in range(60) for k in (1, 4)])
print(sum(v for row in d for v in row if v != float("inf")), d[0][59], sum(v == float("inf") for row in d for v in row))
rank = pagerank(scc, 60)
print([(n, round(r, 6)) for n, r in sorted(rank.items(), key=lambda p: -p[1])][:4])
maze = ["".join("#" if (x * 7 + y * 13) % 5 == 0 and (x + y) % 3 else "." for x in range(70)) for y in range(40)]
print(astar(maze, (1, 0), (68, 39)), "\n".join(maze[:3]), sep="\n")
