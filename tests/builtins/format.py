"""The format specification mini-language, for every type that has one."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
format('a','d')
format('a','=5')
format('a','+')
format('a',' ')
format('a','#')
format('a',',')
format('a','z')
format('a','.')
format('a','ss')
format('a','05'), format('a','<05'), format('a','.0'), format('abc','^10'), format('abc','^9'), format('abcdef','5.2s'), format('a','€>5'), format('ab','𝒳^7'), format('a','x<')
format(5,'s')
format(5,'.2')
format(5,',b')
format(5,',_')
format(5,'_,')
format(5,',,')
format(5,'zd')
format(5,'+c')
format(5,'#c')
format(-5,'c')
format(10**30,'c')
format(5,'y')
format(5,'é')
format(5,'\x01')
format(1,'9'*30)
format(5,'.d')
format(5,'.6,')
format(5,'+-5')
format(5,'1_000')
format(3,'1000000000000')
format(5,'#x'), format(5,'#010x'), format(65536,'#_x'), format(-65536,'#015_x'), format(1234567,'015,'), format(1234567,'n'), format(5,'_b'), format(10**20,'_b'), format(-5,'=5'), format(-5,'x=5')
format(65,'c'), format(65,'05c'), format(65,'^5c'), format(0xd800,'c'), format(12345,'١٠'), format(5,'x^05'), format(5,'-05'), format(3,' b'), format(-3,'+#b'), format(255,'#X'), format(8,'#o')
format(12,'%'), format(12,'e'), format(2**70,'g'), format(2**70,'.30g'), format(True,''), format(True,'5'), format(True,'x')
format(True,'s')
format(10**400,'f')
format(1.5,'d')
format(1.5,',n')
format(1.5,'.8,_')
format(1.5,'fx')
format(1.5,'.2147483648f')
format(1234.123456789,',.9,f'), format(1234.123456789,',._f'), format(1234.123456789,'._'), format(1234567.1234567,'025,.7,f'), format(1234567.1234567,'040_.7_f'), format(0.5,'.5_%'), format(1e300,',.3,g')
format(1.5,'010'), format(-1.5,'<010'), format(1.5,'=+10'), format(1e22,','), format(1234567.891,'020,.2f'), format(float('inf'),'010'), format(float('nan'),'+'), format(float('-inf'),'010,'), format(float('inf'),'F')
format(1.5,'#.0f'), format(1.5,'#g'), format(1e16,''), format(123456.0,'.3'), format(1.0,'.3'), format(0.0,'.1'), format(-0.0,''), format(0.1,'.20'), format(1/3,'.17g'), format(9.5,'.0'), format(0.5,'.0f'), format(2.5,'.0f'), format(1e21,'#.0g'), format(-0.001,'z.1f'), format(-0.0,'z'), format(999999.5,'g'), format(5e-324,'.3g'), format(1e-10,'G'), format(0.5,'%'), format(123.456,'n')
format([], 'x')
format(None, '5')
format(1, 2)
(1).__format__(3)
(1.5).__format__(3)
'a'.__format__(1)
f'{5:>{10}}', f'{1.5!r:^9}', f'{"é"!a}', f'{5:#x}', f'{1234567:,}', f'{0.1+0.2:.3f}', f'{"a":*^5}'
"""

for case in CASES.strip().split("\n"):
    show(case)
