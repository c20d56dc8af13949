"""Prints, for each file, a digest of what Python's tools show of it; run by CPython and by Taipan.

usage: views.py VIEWS [--text] FILE ...

VIEWS are names joined by commas, or `all`. With --text, the views themselves are printed.
"""

import ast
import dis
import hashlib
import io
import re
import symtable
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")
CODE = type(compile("", "", "exec"))
PARTS = ("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_linetable",
         "co_exceptiontable", "co_flags", "co_stacksize", "co_firstlineno", "co_qualname")


def tokens(source, name):
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        yield f"{tokenize.tok_name[token.exact_type]} {tuple(token)!r}"


def tree(source, name):
    yield ast.dump(ast.parse(source, name), indent=2, include_attributes=True)


def type_comments(source, name):
    yield ast.dump(ast.parse(source, name, type_comments=True), indent=1)


def unparsed(source, name):
    yield ast.unparse(ast.parse(source, name))


def scopes(source, name):
    asks = ("is_referenced", "is_parameter", "is_type_parameter", "is_global", "is_declared_global", "is_nonlocal",
            "is_local", "is_annotated", "is_free", "is_free_class", "is_imported", "is_assigned", "is_comp_iter",
            "is_comp_cell", "is_namespace")

    def show(table, depth):
        indent = " " * depth
        yield (f"{indent}{table.get_type()} {table.get_name()} {table.get_lineno()} "
               f"{table.is_optimized()} {table.is_nested()} {table.has_children()}")
        for symbol in sorted(table.get_symbols(), key=lambda symbol: symbol.get_name()):
            facts = " ".join(ask for ask in asks if hasattr(symbol, ask) and getattr(symbol, ask)())
            yield f"{indent} {symbol.get_name()}: {facts}"
        for child in table.get_children():
            yield from show(child, depth + 2)

    yield from show(symtable.symtable(source, name, "exec"), 0)


def disassembly(source, name):
    text = io.StringIO()
    dis.dis(compile(source, name, "exec", dont_inherit=True), file=text)
    plain = re.sub(r"\b0x[0-9a-f]+", "0x", text.getvalue())
    # The order of a set's items depends on the hashes of strings.
    yield re.sub(r"(?<=frozenset\(\{).*?(?=\}\))", lambda items: ", ".join(sorted(items[0].split(", "))), plain)


def code_of_tree(source, name):
    """Whether code made by way of the tree is the same."""

    def same(a, b):
        if type(a) is not type(b):
            return False
        if isinstance(a, CODE):
            return all(same(getattr(a, part), getattr(b, part)) for part in PARTS)
        if isinstance(a, tuple):
            return len(a) == len(b) and all(map(same, a, b))
        # The order of a set's items depends on how it came to be.
        return a == b if isinstance(a, frozenset) else repr(a) == repr(b)

    code = compile(source, name, "exec", dont_inherit=True)
    yield str(same(code, compile(ast.parse(source, name), name, "exec", dont_inherit=True)))


VIEWS = {view.__name__: view
         for view in (tokens, tree, type_comments, unparsed, scopes, disassembly, code_of_tree)}


def main():
    names, *files = sys.argv[1:]
    chosen = list(VIEWS) if names == "all" else names.split(",")
    as_text = files[0] == "--text"
    for name in files[as_text:]:
        with open(name, "rb") as file:
            source = file.read()
        for view in chosen:
            try:
                shown = "\n".join(VIEWS[view](source, name))
            except (SyntaxError, ValueError, RecursionError) as error:
                # Messages are compared by compare-errors.
                shown = f"refused: {type(error).__name__}"
            data = shown.encode("utf-8", "surrogatepass")
            if as_text:
                sys.stdout.buffer.write(data + b"\n")
            else:
                print(f"{view}\t{hashlib.sha256(data).hexdigest()}\t{name}", flush=True)


main()
