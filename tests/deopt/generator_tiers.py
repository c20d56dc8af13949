"""Generators resumed in another tier: started cold and finished hot, sent to, thrown into, closed inside hot loops."""


def squares(n):
    for i in range(n):
        got = yield i * i
        if got is not None:
            i = got
            yield ("got", got)


def consume(g, n):
    total = 0
    for _ in range(n):
        total += next(g)
    return total


cold = squares(10**6)
print([next(cold) for _ in range(3)])
for _ in range(300):
    consume(squares(50), 50)
print(consume(cold, 4000), cold.send(7), next(cold), cold.gi_frame.f_locals["i"], cold.gi_frame.f_lineno)


def interleave(a, b, n):
    out = 0
    for i in range(n):
        out = out * 3 % 1000003 + next(a) - next(b)
    return out


print(interleave(cold, squares(10**5), 4000))


def fragile():
    log = []
    n = 0
    while True:
        try:
            n += 1
            yield n
        except ValueError as error:
            log.append((n, str(error)))
        except GeneratorExit:
            results.append(log)
            raise


results = []
g = fragile()
total = 0
for i in range(5000):
    total += next(g)
    if i % 1500 == 1499:
        total += g.throw(ValueError(f"at {i}"))
g.close()
print(total, results)


def delegate(n):
    result = yield from inner(n)
    yield f"result {result}"


def inner(n):
    total = 0
    for i in range(n):
        total += (yield total)
    return total


d = delegate(4000)
next(d)
for i in range(3999):
    v = d.send(i)
print(v, d.send(1), d.gi_yieldfrom)


def growing(n):
    x = 1
    for i in range(n):
        yield x
        x = x * 5 if i > n - 40 else x
        if i == n // 2:
            x = 1.0 if n % 2 else 2


print(list(growing(3001))[-1], list(growing(3000))[-1], sum(1 for _ in growing(100)))


def abandoned(log, k):
    try:
        for i in range(100):
            yield i
    finally:
        log.append(k)


log = []
for k in range(3000):
    for v in abandoned(log, k):
        if v == 3:
            break
print(len(log), log[-1])
moved = squares(10**6)
results = []


def resume_from_hot(n):
    for i in range(n):
        if i % 100 == 0:
            results.append(next(moved))
    return results[-1]


def resume_from_cold():
    return next(moved)


print(resume_from_hot(3000), resume_from_cold(), resume_from_hot(3000), sum(results))
primes_found = []


def sieve_stage(source, p):
    for n in source:
        if n % p:
            yield n


source = iter(range(2, 900))
while (p := next(source, None)) is not None:
    primes_found.append(p)
    source = sieve_stage(source, p)
print(len(primes_found), primes_found[-1])


def lambda_gen(n):
    return (i * k for i in range(n) for k in (1, 2) if i % 3)


print(sum(lambda_gen(4000)))


def reenter():
    yield next(current)


current = reenter()
for i in range(3000):
    current2 = squares(2)
    next(current2)
try:
    next(current)
except ValueError as error:
    print(error)
try:
    next(current)
except StopIteration:
    print("dead")


def stop_leaks(n):
    for i in range(n):
        if i == 2500:
            next(iter(()))
        yield i


got = 0
try:
    for v in stop_leaks(3000):
        got += 1
except RuntimeError as error:
    print(got, error, type(error.__cause__).__name__)
