import __future__
def t(s, *a):
    try: c = compile(s, "f", "exec", *a); ns={}; exec(c, ns); print(ns.get("x"))
    except SyntaxError as e: print(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
F = __future__.barry_as_FLUFL.compiler_flag
t("x = 2 <> 3"); t("x = 2 <> 3", F); t("x = 2 != 3", F); t("from __future__ import barry_as_FLUFL\nx = 2 <> 3"); t("from __future__ import barry_as_FLUFL\nx = 2 != 3")
t("from __future__ import barry_as_FLUFL\nx = '<>' if 1<>2 else '!='"); t("x = f'{1<>2}'", F); t("x = f'{1!=2}'", F); t("if 1 <> 2: pass"); t("(1 <> 2)"); t("x = 3 <> 4 <> 5", F); t("x = f'{1!r}' <> ''", F); t("print(1 <> 2)"); t("1 <>"); t("x = 1 <> 2 y")
