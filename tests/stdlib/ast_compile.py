"""Compiling trees made by hand: what is refused, and with which words."""

import ast


def t(f):
    try:
        r = repr(f())
    except RecursionError as e:
        r = "RecursionError"
    except BaseException as e:
        r = f"{type(e).__name__}: {e}"
    print(r)


L=dict(lineno=1,col_offset=0)
def C(tree, mode='exec'): return lambda: type(compile(tree,'<x>',mode))
def M(*body): return ast.fix_missing_locations(ast.Module(list(body),[]))
def E(e): return M(ast.Expr(e))
N=ast.Name
n=ast.Name('x'); del n.ctx
t(C(E(n)))
n=ast.Call(N('f')); del n.args
t(C(E(n)))
n=ast.Name('x'); del n.id
t(C(E(n)))
t(C(ast.Expression(ast.Name('x'))))
t(C(ast.Expression(ast.Name('x',**L)),'eval'))
t(C(ast.Expression(ast.Name('x',**L)),'exec'))
t(C(ast.Module([],[]),'eval'))
t(C(ast.Interactive([]),'eval'))
t(C(ast.Name('x'),'eval'))
t(C(ast.Expression(ast.Name('x',lineno='a',col_offset=3)),'eval'))
t(C(ast.Expression(ast.Name('x',lineno=1<<40,col_offset=3)),'eval'))
t(C(ast.Expression(ast.Name('x',lineno=1,col_offset=None)),'eval'))
t(C(ast.Expression(3),'eval'))
t(C(ast.Expression(None),'eval'))
t(C(M(None)))
t(C(M(3)))
t(C(ast.Module(3,[])))
t(C(ast.Module((),[])))
t(C(M(ast.FunctionDef('f',ast.arguments(),[]))))
t(C(M(ast.FunctionDef(None,ast.arguments(),[ast.Pass()]))))
t(C(M(ast.FunctionDef(3,ast.arguments(),[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',None,[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',3,[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',ast.arguments(args=[None]),[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',ast.arguments(args=[3]),[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',ast.arguments(args=[ast.arg('None')]),[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',ast.arguments(args=[ast.arg('a')],defaults=[N('x'),N('y')]),[ast.Pass()]))))
t(C(M(ast.FunctionDef('f',ast.arguments(kwonlyargs=[ast.arg('a')],),[ast.Pass()]))))
t(C(E(ast.BinOp(N('x'),None,N('y')))))
t(C(E(ast.BinOp(N('x'),ast.And(),N('y')))))
t(C(E(ast.BinOp(N('x'),ast.Add(),None))))
t(C(E(ast.BoolOp(ast.And(),[N('x')]))))
t(C(E(ast.BoolOp(ast.And(),[N('x'),None]))))
t(C(E(ast.Name('None'))))
t(C(E(ast.Name('x',ast.Store()))))
t(C(E(ast.Compare(N('x'),[],[]))))
t(C(E(ast.Compare(N('x'),[ast.Lt()],[]))))
t(C(E(ast.Compare(N('x'),[],[N('a')]))))
t(C(E(ast.Dict([N('x')],[]))))
t(C(E(ast.Dict([None],[N('x')]))))
t(C(E(ast.ListComp(N('x'),[]))))
t(C(E(ast.NamedExpr(ast.Tuple([]),N('x')))))
t(C(E(ast.Constant([1]))))
t(C(E(ast.Constant((1,[])))))
t(C(E(ast.Constant((1,frozenset([2]))))))
t(C(E(ast.Constant(1,kind=3))))
t(C(E(ast.Constant(ast))))
class I(int): pass
t(C(E(ast.Constant(I(3)))))
class S(str): pass
t(C(E(ast.Constant(S('x')))))
t(C(E(ast.Name(S('x')))))
t(C(E(ast.Name(b'x'))))
t(C(M(ast.Assign([],N('x')))))
t(C(M(ast.Assign([N('x')],N('x')))))
t(C(M(ast.Assign([ast.Constant(1)],N('x')))))
t(C(M(ast.Delete([]))))
t(C(M(ast.Return())))
t(C(M(ast.Break())))
t(C(M(ast.Continue())))
t(C(E(ast.Yield())))
t(C(E(ast.Await(N('x')))))
t(C(E(ast.Starred(N('x')))))
t(C(M(ast.Nonlocal(['x']))))
t(C(M(ast.Global([]))))
t(C(M(ast.Global(['x']))))
t(C(M(ast.Try([],[],[],[]))))
t(C(M(ast.Try([ast.Pass()],[],[],[]))))
t(C(M(ast.Try([ast.Pass()],[],[ast.Pass()],[ast.Pass()]))))
t(C(M(ast.Try([ast.Pass()],[ast.ExceptHandler()],[ast.Pass()],[ast.Pass()]))))
t(C(M(ast.Raise(None,N('x')))))
t(C(M(ast.Import([]))))
t(C(M(ast.Import([ast.alias('x.y')]))))
t(C(M(ast.ImportFrom('x',[ast.alias('y')],-1))))
t(C(M(ast.ImportFrom(None,[ast.alias('y')],0))))
t(C(M(ast.ImportFrom('x',[ast.alias('*')]))))
t(C(M(ast.ImportFrom('__future__',[ast.alias('foo')],0))))
t(C(M(ast.Pass(),ast.ImportFrom('__future__',[ast.alias('annotations')],0))))
t(C(M(ast.With([],[ast.Pass()]))))
t(C(M(ast.Match(N('x'),[]))))
def P(p): return M(ast.Match(N('x'),[ast.match_case(p,None,[ast.Pass()])]))
K=ast.Constant
for p in [ast.MatchValue(N('x')),ast.MatchValue(K(1)),ast.MatchValue(K(None)),ast.MatchValue(K(...)),ast.MatchSingleton(3),ast.MatchSingleton(None),
  ast.MatchStar('x'),ast.MatchSequence([ast.MatchStar('x')]),ast.MatchSequence([ast.MatchStar('_')]),ast.MatchAs(ast.MatchStar(),None),ast.MatchAs(ast.MatchSingleton(True)),ast.MatchAs(None,'_'),
  ast.MatchOr([ast.MatchAs()]),ast.MatchMapping([K(1)],[]),ast.MatchMapping([N('x')],[ast.MatchAs()]),ast.MatchMapping([K(None)],[ast.MatchAs()]),ast.MatchClass(K(1),[],[],[]),
  ast.MatchClass(N('x'),[],['a'],[]),ast.MatchValue(ast.UnaryOp(ast.USub(),K(1))),ast.MatchValue(ast.BinOp(ast.UnaryOp(ast.USub(),K(1)),ast.Add(),K(2j))),ast.MatchValue(ast.BinOp(K(1),ast.Mult(),K(2j))),
  ast.MatchValue(ast.UnaryOp(ast.Not(),K(1))),None,3, ast.MatchValue(ast.JoinedStr([])), ast.MatchValue(ast.TemplateStr([])), ast.MatchValue(ast.BinOp(K(1),ast.Sub(),K(2))),ast.MatchValue(ast.Attribute(N('x'),'y'))]:
    t(C(P(p)))
for a in [dict(lineno=5,end_lineno=3),dict(lineno=1,col_offset=5,end_col_offset=2,end_lineno=1),dict(lineno=-1,col_offset=0),dict(lineno=-2,end_lineno=3,col_offset=0),dict(lineno=1,col_offset=-4),dict(lineno=1,col_offset=-4,end_col_offset=3),dict(lineno=2**31-1,col_offset=2**31-1),dict(lineno=-2**31,col_offset=-2**31)]:
    t(C(ast.Expression(ast.Name('x',**a)),'eval'))
t(C(M(ast.AnnAssign(ast.Attribute(N('x'),'y',ast.Store()),N('x'),None,1))))
t(C(M(ast.AnnAssign(N('y',ast.Store()),N('x'),None,1))))
t(C(M(ast.TypeAlias(K(1),[],N('x')))))
t(C(M(ast.For(N('x'),N('y'),[ast.Pass()]))))
t(C(M(ast.AsyncFor(N('x',ast.Store()),N('y'),[ast.Pass()]))))
t(C(M(ast.While(N('x'),[]))))
t(C(M(ast.If(N('x'),[None]))))
t(C(E(ast.FormattedValue(N('x'),5))))
t(C(E(ast.FormattedValue(N('x'),-1))))
t(C(E(ast.JoinedStr([ast.FormattedValue(N('x'),65)]))))
t(C(E(ast.JoinedStr([N('x')]))))
t(C(E(ast.TemplateStr([N('x')]))))
t(C(E(ast.Interpolation(N('x'),'x',-1))))
t(C(E(ast.TemplateStr([ast.Interpolation(N('x'),3,-1)]))))
t(C(E(ast.Slice(N('x')))))
t(C(E(ast.Call(N('f'),[ast.Starred(N('a'))],[ast.keyword(None,N('b')),ast.keyword('c',N('b')),ast.keyword('c',N('b'))]))))
t(C(E(ast.Lambda(ast.arguments(args=[ast.arg('a'),ast.arg('a')]),N('a')))))
t(C(M(ast.ClassDef('C',body=[]))))
t(C(M(ast.ClassDef('C',body=[ast.Return()]))))
t(C(M(ast.Expr(ast.Tuple([ast.Starred(N('x')),K(1)])))))
t(C(M(ast.Assign([ast.Tuple([ast.Starred(N('x',ast.Store()),ast.Store()),ast.Starred(N('y',ast.Store()),ast.Store())],ast.Store())],N('x')))))
t(C(M(ast.Assign([ast.Starred(N('x',ast.Store()),ast.Store())],N('x')))))
t(C(M(ast.Assign([N('__debug__',ast.Store())],N('x')))))
e=ast.UnaryOp(ast.Not(),None,**L); e.operand=e
t(C(ast.Expression(e),'eval'))
t(C(ast.FunctionType([],N('x'))))
t(C(M(ast.Expr(ast.NamedExpr(N('x'),N('y'))))))
t(C(M(ast.Expr(ast.NamedExpr(N('x',ast.Store()),N('y'))))))
class L2(list): pass
t(C(ast.Module(L2(),[])))
t(C(ast.Module([],[3])))
t(C(ast.Module([],[ast.TypeIgnore(3,'x')])))
t(C(ast.Module([],[ast.TypeIgnore(3,None)])))
t(C(M(ast.FunctionDef('f',ast.arguments(),[ast.Pass()],type_params=[ast.TypeVar('None')]))))
t(C(M(ast.FunctionDef('f',ast.arguments(),[ast.Pass()],type_params=[ast.TypeVar('T')]))))
t(lambda: compile(M(), 'x','exec',ast.PyCF_ONLY_AST))
t(lambda: compile(M(ast.Expr(ast.BinOp(K('%s'),ast.Mod(),ast.Tuple([N('x')])))),'x','exec',ast.PyCF_OPTIMIZED_AST).body[0].value)
t(lambda: compile(M(ast.Expr(3)),'x','exec',ast.PyCF_OPTIMIZED_AST))
t(lambda: compile(3,'x','exec'))
t(lambda: compile('x','x','foo'))
t(lambda: compile('x','x','foo',1024))
t(lambda: compile('x','x','exec',1<<30))


# From source and by way of a tree, code is the same.
def same(a, b):
    if type(a) is not type(b):
        return False
    if hasattr(a, "co_code"):
        return all(same(getattr(a, n), getattr(b, n)) for n in dir(a) if n.startswith("co_") and n not in ("co_lines", "co_positions", "co_branches", "co_lnotab"))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b)


for source in ["def f(x: int, *, y=2) -> 'r':\n  'doc'\n  return [i for i in x]\n",
               "from __future__ import annotations\ndef f(x: '%s' % (a,)): pass\ny: __debug__\n",
               "match x:\n case -1 | 2+3j: pass\n case {'a': b, **c}: pass\n",
               "x = '%s and %r' % (a, b); __debug__; f'{x!r:>{w}} {y=}'; t'{z}'",
               "class A[T: int = str](B, k=1):\n  x: int = 3\n  async def f(self):\n    async with a as b: await c\n    return {**d, 1: 2}\n",
               "try: pass\nexcept* E as e: raise\nelse: x\nfinally: y\n",
               "with a as b: import c.d as e\nfrom . import f; from ..g import *\n",
               "lambda a, /, b=1, *c, d=2, **e: (yield)"]:
    for optimize in (0, 1, 2):
        print(same(compile(source, "x", "exec", optimize=optimize), compile(ast.parse(source), "x", "exec", optimize=optimize)), end=" ")
print()
namespace = {}
exec(compile(ast.parse("def f():\n  return 1 + 'a'"), "made", "exec"), namespace)
try:
    namespace["f"]()
except TypeError as error:
    print(error, error.__traceback__.tb_next.tb_lineno, list(namespace["f"].__code__.co_positions())[1])


# Names that stand for constants.
for statement in [ast.FunctionDef("None", ast.arguments(), []), ast.FunctionDef("None", ast.arguments(), [ast.Pass()]),
                  ast.ClassDef("True", body=[ast.Pass()]), ast.Import([ast.alias("None")]), ast.Import([ast.alias("None.x")]),
                  ast.ImportFrom("a", [ast.alias("x", "False")], 0), ast.Try([ast.Pass()], [ast.ExceptHandler(None, "None", [])])]:
    t(C(M(statement)))
t(lambda: compile(ast.parse("1", mode="eval"), "x", "exec", ast.PyCF_ONLY_AST))
