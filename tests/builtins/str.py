"""Methods and operators of str."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
'a'+1
'a'*1.5
'a'*-1, 'ab'*3, 3*'ab', 'é'*2, '𝒳'*2, 'a'*0
'a'*(1<<70)
'a'*(1<<62)
'abc'[5]
'abc'[1<<70]
'abc'[::0]
'abc'[::-1], 'abcdef'[1:5:2], 'abc'[-2:], 'aé𝒳'[1:2], 'aé𝒳'[0:1], 'abc'[5:], 'abc'[-1]
1 in 'a'
'a' in 'cba', '' in 'a', 'éx' in 'aéxb', '𝒳' in 'a', 'abc' in 'ab'
'a'.join(['x',1])
'a'.join(5)
', '.join(['a','é','𝒳']), ''.join('abc'), 'x'.join([]), '-'.join(('a',)), ','.join(str(i) for i in range(5))
'a'.split('')
'a'.partition('')
'a'.partition(1)
'a'.split(1)
'a'.split(1,2,3)
'a'.split(foo=1)
'a'.split('a',sep='b')
'aXbX'.split('X'), 'aXbX'.split('X',1), 'aXbX'.rsplit('X',1), ' a b '.split(None,1), ' a b '.rsplit(None,1), ''.split(), ''.split('x'), 'a\u2003b'.split(), 'aébéc'.split('é')
'aXbXc'.partition('X'), 'aXbXc'.rpartition('X'), 'a'.partition('X'), 'a'.rpartition('X')
'a'.index('b')
'a'.rindex('b')
'abc'.find('b',-1), 'abc'.find('',3), 'abc'.find('',4), 'abc'.rfind('',1,0), 'abc'.find('c',None,None), 'aéaé'.rfind('é'), 'aéaé'.find('é',2), '𝒳a𝒳'.find('𝒳',1)
'abc'.find(1)
'abc'.find('a','b')
'abc'.count(''), 'abc'.count('',3), 'abc'.count('',4), 'aaaa'.count('aa'), 'aéaé'.count('é')
'a'.replace('','x'), 'aaa'.replace('a','b',2), 'a'.replace('a','b',count=0), 'aéa'.replace('é','xy'), 'abc'.replace('b','𝒳'), 'abab'.replace('ab','')
'a'.replace('a',1)
'a'.replace()
'a'.replace('a','b',cont=1)
'a'.startswith(('a',1)), 'abc'.startswith('b',1), 'abc'.endswith('b',0,2), 'a'.startswith('',5), 'a'.startswith('',1), 'abc'.endswith(('x','c'))
'a'.startswith((1,'a'))
'a'.startswith(1)
'a'.endswith([])
'a'.strip(1)
' a '.strip(), 'xax'.strip('x'), 'xax'.lstrip('x'), 'xax'.rstrip('x'), '\u2003a\x1c'.strip(), 'éaé'.strip('é'), 'abc'.strip('')
'a'.zfill(5), '-5'.zfill(5), '+'.zfill(3), ''.zfill(2), 'abc'.zfill(2)
'a'.zfill('a')
'a'.center(4), 'a'.center(5), 'ab'.center(5), 'a'.center(5,'é'), 'a'.ljust(3,'x'), 'a'.rjust(3), 'abc'.center(2), 'abcd'.center(7)
'a'.center(3, 1)
'a'.center(3, 'ab')
'a\tb'.expandtabs(), 'a\tb\n\tc'.expandtabs(4), 'a'.expandtabs(-1), '\t\t'.expandtabs(1)
'abcabc'.translate({97: None, 98: 'xy', 99: 100}), 'ab'.translate('xyz'*40), 'aé'.translate({233: '𝒳'})
'a'.translate(1)
'a'.translate({97: 1<<21})
'a'.translate({97: 1.5})
str.maketrans('ab','cd','e'), str.maketrans({'a': 1, 2: 3})
str.maketrans(1)
str.maketrans({'ab': 1})
str.maketrans({1.5: 1})
str.maketrans('ab','c')
str.maketrans('ab',1)
str.maketrans(1,'ab')
'abc'.removeprefix('ab'), 'abc'.removesuffix('bc'), 'abc'.removeprefix('x'), 'abc'.removesuffix('')
'a'.removeprefix(1)
'a\nb\r\nc\x0bd\x85e\u2028'.splitlines(), 'a\n'.splitlines(True), 'a\r\nb\rc'.splitlines(keepends=True), ''.splitlines(), '\n'.splitlines()
'straße'.upper(), 'ΑΣ ΣΑΣ.'.lower(), "don't ﬁx".title(), 'ǅa'.swapcase(), 'ßA'.capitalize(), 'Straße'.casefold(), 'İ'.lower(), 'ŉ'.upper(), 'hello'.upper(), 'HeLLo'.swapcase()
'abc'.islower(), 'ABC'.isupper(), 'Abc Def'.istitle(), '12'.isdigit(), '²'.isdigit(), '²'.isdecimal(), '½'.isnumeric(), 'a1'.isalnum(), ' \t'.isspace(), ''.isascii(), ''.isprintable(), 'é'.isascii(), 'a_1'.isidentifier(), '1a'.isidentifier(), 'ﬁ'.isidentifier(), '\n'.isprintable()
repr('it\'s'), repr('"\''), repr('a\n\t\\\x00\x7f'), repr('é€𝒳\u0378\ud800\xad'), ascii('é€𝒳'), repr('')
'{}'.format()
'{0}{}'.format(1,2)
'{}{0}'.format(1,2)
'{a}'.format()
'{5}'.format(1)
'{0.x}'.format(1)
'{!x}'.format('a')
'{:{:{}}}'.format(1,2,3)
'{'.format()
'}'.format()
'{a'.format()
'{!'.format()
'{!rx}'.format(1)
'{:{}'.format(1,2)
'{0[}'.format([1])
'{0[]}'.format([1])
'{0.}'.format(1)
'{0[0]x}'.format([1])
'{ {'.format()
'{0[a]}'.format({'a':1}), '{0[0]}'.format([5]), '{!r:>5}'.format('a'), '{:{}}'.format(5,10), '{{}}'.format(), '{a}{b}'.format(a=1,b='é'), '{0.real}'.format(5), '{:>10}|{:<5}|{:^7}'.format('a','b','c'), '{0!a}'.format('é')
'{a}'.format_map({'a':1})
'{}'.format_map({'a':1})
'é'.encode(), 'a€𝒳'.encode('utf-8'), 'é'.encode('latin-1'), 'a'.encode('utf-16'), '𝒳'.encode('utf-16-be'), 'a'.encode('utf-32-le'), 'a'.encode('ascii'), 'a'.encode('U8')
'é'.encode('ascii')
'éé'.encode('ascii')
'é\ud800'.encode()
'é€'.encode('latin-1')
'é'.encode('ascii','replace'), 'é𝒳'.encode('ascii','backslashreplace'), 'é𝒳'.encode('ascii','xmlcharrefreplace'), 'éa'.encode('ascii','ignore'), '\udc80'.encode('utf-8','surrogateescape'), '\ud800'.encode('utf-8','surrogatepass')
'a'.encode(1)
str(b'\xe9','latin-1'), str(b'a',errors='strict'), str(), str(5), str(b'a')
str('a','utf-8')
str(1,'utf-8')
str(1,2,3,4)
str(foo=1)
'a' < 'b', 'a' < 'é', 'z' < '𝒳', 'a' == 'a', 'é' == 'e', 'ab' > 'a', '\uffff' < '\U00010000'
'a' < 1
'a' == 1, 'a' != 1
hash('') == hash(''), hash('a') == hash('a'), {'é': 1}['é']
len('a𝒳'), list('a𝒳é'), list(reversed('abc')), 'abc'.__getnewargs__(), iter('ab').__length_hint__()
'a'.__mul__('b')
str.__new__(int)
'a'.upper(1)
'a'.upper(x=1)
''.join()
'a'.encode('x')
'é'.encode('ascii','x')
"""

for case in CASES.strip().split("\n"):
    show(case)


class Text(str):
    pass


t = Text("abc")
print(type(t.upper()), type(t[:]), type(t + ""), type(str(t)), t == "abc", hash(t) == hash("abc"), type(t.strip()))
print(type(t.replace("x", "y")), type(t.center(1)), type("%s" % t), type("{}".format(t)), type(t * 1))


class Formatted:
    def __format__(self, spec):
        return f"<{spec}>"

    def __str__(self):
        return "str"

    def __repr__(self):
        return "répr"


f = Formatted()
print("{:abc}".format(f), f"{f:x}", "%s %r %a" % (f, f, f), "{!s} {!r} {!a}".format(f, f, f), format(f))


class Default(dict):
    def __missing__(self, key):
        return key.upper()


print("{abc}".format_map(Default()), "%(x)s" % Default())
