"""RSA with big integers: Miller-Rabin, extended Euclid, modular powers, CRT; text in and out."""


class Random:
    """A small multiplicative generator, so that the keys are the same everywhere."""

    def __init__(self, seed):
        self.state = seed

    def bits(self, n):
        value = 0
        for _ in range((n + 31) // 32):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
            value = value << 32 | self.state >> 32
        return value & ((1 << n) - 1)


SMALL = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]


def is_prime(n):
    if n < 2:
        return False
    for p in SMALL:
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in SMALL:
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(random, bits):
    candidate = random.bits(bits) | 1 | 1 << (bits - 1)
    while not is_prime(candidate):
        candidate += 2
    return candidate


def egcd(a, b):
    x, y, u, v = 1, 0, 0, 1
    while b:
        q = a // b
        a, b = b, a % b
        x, u = u, x - q * u
        y, v = v, y - q * v
    return a, x, y


def power(base, exponent, modulus):
    result = 1
    base %= modulus
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


class Key:
    def __init__(self, random, bits):
        self.p, self.q = prime(random, bits // 2), prime(random, bits // 2)
        self.n = self.p * self.q
        self.e = 65537
        phi = (self.p - 1) * (self.q - 1)
        g, d, _ = egcd(self.e, phi)
        assert g == 1
        self.d = d % phi
        assert self.d == pow(self.e, -1, phi)

    def encrypt(self, number):
        return pow(number, self.e, self.n)

    def decrypt(self, number):
        a = power(number, self.d % (self.p - 1), self.p)
        b = power(number, self.d % (self.q - 1), self.q)
        return b + self.q * ((a - b) * pow(self.q, -1, self.p) % self.p)


def to_number(text):
    return int.from_bytes(text.encode(), "big")


def to_text(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big").decode()


random = Random(2026)
print([n for n in range(100) if is_prime(n)])
print([n for n in (561, 1105, 2**61 - 1, 2**89 - 1, 2**83 - 1) if is_prime(n)])
for bits in (64, 256, 512):
    key = Key(random, bits)
    message = ("Hi ünï" * (bits // 64))[: bits // 12]
    secret = key.encrypt(to_number(message))
    print(bits, hex(key.n), hex(secret), to_text(key.decrypt(secret)) == message)
    for i in range(5):
        assert key.decrypt(key.encrypt(i)) == i
signature = pow(123456789, key.d, key.n)
print(pow(signature, key.e, key.n), len(str(signature)))
print(egcd(240, 46), egcd(2**64, 3**40), pow(7, -1, 31), pow(3, 0, 1))
try:
    pow(6, -1, 9)
except ValueError as error:
    print(error)
primes = sum(1 for n in range(3, 20000, 2) if is_prime(n))
print(primes)
