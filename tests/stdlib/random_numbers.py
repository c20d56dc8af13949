def t(s):
    try: print(s, '=>', repr(eval(s)))
    except BaseException as e: print(s, '=>', type(e).__name__, e)
import _random
R=_random.Random(5)
for s in '''R.getrandbits(-1)
R.getrandbits(2**70)
R.getrandbits('a')
R.setstate(1)
R.setstate((1,))
R.setstate(R.getstate()[:-1]+(700,))
R.setstate((-1,)+R.getstate()[1:])
R.setstate(('a',)+R.getstate()[1:])
R.setstate((2**70,)+R.getstate()[1:])
R.setstate((2**33,)+R.getstate()[1:])
_random.Random(1,2)
_random.Random(a=2)
R.getrandbits(100)
R.getrandbits(0)'''.split('\n'): t(s)

import random, hashlib
for seed in (0, 1, -5, 2**100, 1.5, "text", b"bytes", None):
    r = random.Random(seed)
    if seed is None:
        assert 0 <= r.random() < 1
        continue
    print(seed, r.random(), r.randrange(10**30), r.gauss(0, 1), r.choice("abcdef"), r.sample(range(100), 5), r.getrandbits(65))
    state = r.getstate()
    first = [r.random() for _ in range(1000)]
    r.setstate(state)
    assert first == [r.random() for _ in range(1000)]
    items = list(range(20)); r.shuffle(items); print(items, r.uniform(1, 2), r.triangular(), r.betavariate(1, 2), r.expovariate(2), r.choices([1, 2, 3], [1, 2, 3], k=5))
