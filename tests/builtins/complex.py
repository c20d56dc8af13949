"""Complex numbers."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
1j/0
1j//1
1j%1
0j**-1
0j**1j
1j<2j
1j<1
(1+2j)*(3-4j), (1+2j)/(3-4j), (1+2j)-1, 1-(1+2j), 2*(1-0j), 1/(1+1j), (1+2j)+1.5
(1+2j)**2, (1+2j)**-1, (1+2j)**0, (1+2j)**3, 2**1j, (1+2j)**0.5
(1e200+1j)**2
complex('inf')*1j, complex('inf+infj')*complex('1+nanj'), complex('nan')*2
abs(3+4j), abs(complex('inf-nanj')), abs(-5j)
repr(1j), repr(-1j), repr(1+0j), repr(-0-1j), repr(complex(-0.0, 1)), repr(complex('nan+infj')), repr(1e16+1e-5j)
complex('1+2j'), complex(' ( 1+2j ) '), complex('j'), complex('-j'), complex('1e5'), complex('1_0j'), complex('nan'), complex('1-infj')
complex('1+')
complex('1 + 2j')
complex('')
complex('(1')
complex(b'1')
complex(None)
complex('1', 2)
complex(1, '2')
complex(1, None)
complex(1, 2, 3)
complex(foo=1)
complex(), complex(1), complex(1, 2), complex(imag=2), complex(real=1.5), complex(True, 2**60)
complex.from_number(3), complex.from_number(2j)
complex.from_number('1')
hash(1j), hash(1+0j), hash(1.5+2.5j), hash(complex(-1, -1))
1+0j == 1, 1j == 1, 1.5+0j == 1.5, 2**53+1 == complex(2**53), 1j == 'a', 1j != 1j
(1+2j).conjugate(), (1+2j).real, (1+2j).imag, (1+2j).__complex__(), (1+2j).__getnewargs__(), -(1+2j), +(1-2j)
bool(0j), bool(1j), bool(complex(0.0, -0.0))
(-8)**(1/3), (-1)**0.5
format(1+2j, ''), format(1+2j, '10'), format(1+2j, '.2f'), format(1j, 'g'), format(1+2j, '<20'), format(1+2j, '^20.3f'), format(complex(-0.0, 1), 'z.1f'), format(1+2j, '+'), format(1+2j, '#'), format(12345+67890j, ',.1f')
format(1+2j, '010')
format(1+2j, '=10')
format(1+2j, '%')
format(1+2j, 'd')
"""

for case in CASES.strip().split("\n"):
    show(case)


class Pair(complex):
    pass


class Like:
    def __complex__(self):
        return 3 + 4j


print(type(Pair(1, 2) + 1), Pair(1, 2) == 1 + 2j, complex(Like()), abs(complex(Like())))
