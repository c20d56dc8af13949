"""A small stack machine: an assembler, a compiler from expressions, an interpreter loop; and a Brainf*** machine."""

from enum import IntEnum


class Op(IntEnum):
    PUSH = 0
    LOAD = 1
    STORE = 2
    ADD = 3
    SUB = 4
    MUL = 5
    MOD = 6
    LT = 7
    EQ = 8
    JUMP = 9
    JUMP_IF_NOT = 10
    CALL = 11
    RET = 12
    PRINT = 13
    HALT = 14
    DUP = 15
    POP = 16


class Fault(Exception):
    pass


def assemble(source):
    labels, code, patches = {}, [], []
    for number, line in enumerate(source.strip().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        if line.endswith(":"):
            labels[line[:-1]] = len(code)
            continue
        name, *argument = line.split()
        try:
            op = Op[name.upper()]
        except KeyError:
            raise Fault(f"line {number}: no instruction {name}") from None
        value = 0
        if argument:
            try:
                value = int(argument[0])
            except ValueError:
                patches.append((len(code), argument[0], number))
        code.append((int(op), value))
    for at, label, number in patches:
        if label not in labels:
            raise Fault(f"line {number}: no label {label}")
        code[at] = (code[at][0], labels[label])
    return code


def execute(code, memory=16, limit=10**6):
    stack, calls, cells, out = [], [], [0] * memory, []
    pc = steps = 0
    PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LT, EQ, JUMP, JUMP_IF_NOT, CALL, RET, PRINT, HALT, DUP, POP = map(int, Op)
    try:
        while steps < limit:
            op, argument = code[pc]
            pc += 1
            steps += 1
            if op == PUSH:
                stack.append(argument)
            elif op == LOAD:
                stack.append(cells[argument])
            elif op == STORE:
                cells[argument] = stack.pop()
            elif op == ADD:
                b = stack.pop()
                stack[-1] += b
            elif op == SUB:
                b = stack.pop()
                stack[-1] -= b
            elif op == MUL:
                b = stack.pop()
                stack[-1] *= b
            elif op == MOD:
                b = stack.pop()
                stack[-1] %= b
            elif op == LT:
                b = stack.pop()
                stack[-1] = int(stack[-1] < b)
            elif op == EQ:
                b = stack.pop()
                stack[-1] = int(stack[-1] == b)
            elif op == JUMP:
                pc = argument
            elif op == JUMP_IF_NOT:
                if not stack.pop():
                    pc = argument
            elif op == CALL:
                calls.append(pc)
                pc = argument
            elif op == RET:
                pc = calls.pop()
            elif op == PRINT:
                out.append(stack.pop())
            elif op == DUP:
                stack.append(stack[-1])
            elif op == POP:
                stack.pop()
            else:
                return out, steps
        raise Fault("too many steps")
    except (IndexError, ZeroDivisionError) as error:
        raise Fault(f"at {pc - 1}: {error}") from error


SUM = """
push 0
store 0         # total
push 0
store 1         # i
loop:
load 1
push 20000
lt
jump_if_not end
load 0
load 1
load 1
mul
push 97
mod
add
store 0
load 1
push 1
add
store 1
jump loop
end:
load 0
print
halt
"""
FACT = """
push 1
store 0
push 25
call fact
load 0
print
halt
fact:
dup
push 2
lt
jump_if_not more
pop
ret
more:
dup
load 0
mul
store 0
push 1
sub
call fact
ret
"""
print(execute(assemble(SUM)), execute(assemble(FACT)))
for bad in ["jump nowhere", "fly", "pop", "push 1\npush 0\nmod\nhalt", "x:\njump x", "store 99", "ret", "push 1"]:
    try:
        print(execute(assemble(bad), limit=5000))
    except Fault as error:
        print(repr(bad), "->", error, type(error.__cause__).__name__)


def brainf(source, data=b"", size=300):
    jumps, stack = {}, []
    for i, char in enumerate(source):
        if char == "[":
            stack.append(i)
        elif char == "]":
            j = stack.pop()
            jumps[i], jumps[j] = j, i
    tape, out, pointer, pc, feed = bytearray(size), bytearray(), 0, 0, iter(data)
    while pc < len(source):
        match source[pc]:
            case ">":
                pointer += 1
            case "<":
                pointer -= 1
            case "+":
                tape[pointer] = tape[pointer] + 1 & 255
            case "-":
                tape[pointer] = tape[pointer] - 1 & 255
            case ".":
                out.append(tape[pointer])
            case ",":
                tape[pointer] = next(feed, 0)
            case "[" if not tape[pointer]:
                pc = jumps[pc]
            case "]" if tape[pointer]:
                pc = jumps[pc]
        pc += 1
    return out.decode()


HELLO = "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+."
LETTERS = "++++++++[>++++++++>+++<<-]>+>++[<.+>-]"
NESTED = "-[>-[>+<-]<-]>>."
print(brainf(HELLO), brainf(",[.,]", b"echo")[::-1], brainf(LETTERS), ord(brainf(NESTED)))
