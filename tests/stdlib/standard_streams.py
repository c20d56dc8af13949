"""sys.stdin, sys.stdout and sys.stderr, alone and with their buffers."""
import subprocess
import sys


def run(code, data=b"", **environment):
    done = subprocess.run([sys.executable, "-c", "import sys\n" + code], input=data, capture_output=True,
                          env={"LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"} | environment)
    print(done.stdout, done.stderr.splitlines()[-1:], done.returncode)


TEXT = "one\ntwo é\r\nthree\rfour €😀\nlast".encode()
run("for line in sys.stdin: print(repr(line))", TEXT)
run("print(repr(sys.stdin.read()))", TEXT)
run("print(repr(sys.stdin.read(7)), repr(sys.stdin.read(4)), repr(sys.stdin.readline()), sys.stdin.readlines())", TEXT)
run("print(input(), input('prompt'), repr(sys.stdin.readline(3)), sys.stdin.readline(), next(sys.stdin))", TEXT)
run("print(sys.stdin.buffer.read(5), sys.stdin.buffer.readline(), sys.stdin.buffer.readlines())", TEXT)
run("print([line for line in sys.stdin.buffer], sys.stdin.buffer.read(), repr(sys.stdin.read()))", TEXT)
run("print(sys.stdin.buffer.peek(1)[:2], sys.stdin.buffer.read1(3), sys.stdin.buffer.readinto(b := bytearray(2)), b)", TEXT)
run("print(sum(int(x) for x in sys.stdin.read().split()))", b"1 2 3\n" * 10000)
run("print(len(list(sys.stdin)))", b"line\n" * 20000)
run("input(); input()", b"x\n")
run("print(ascii(sys.stdin.read()))", b"a\xffb")
run("sys.stdout.write('text\\n'); sys.stdout.buffer.write(b'bytes\\n'); sys.stdout.write('more\\n')")
run("print('text'); sys.stdout.flush(); sys.stdout.buffer.write(b'bytes\\n'); sys.stdout.buffer.flush(); print('more')")
run("print('text', flush=True); print(sys.stdout.buffer.write(bytearray(b'ab')), sys.stdout.writelines(['x', 'y\\n']), sys.stdout.buffer.writelines([b'z', b'\\n']))")
run("sys.stdout.write('a' * 100000 + '\\n'); sys.stdout.buffer.write(b'b' * 10 + b'\\n')")
run("print('\\ud800')")
run("print(ascii('\\udcff'), '\\udcff')")
run("print('\\ud800', file=sys.stderr)")
run("sys.stdout.write(b'x')")
run("sys.stdout.buffer.write('x')")
run("sys.stdout.read()")
run("sys.stdin.write('x')")
run("for s in (sys.stdin, sys.stdout, sys.stderr): print(s, s.name, s.mode, s.encoding, s.errors, s.newlines, s.line_buffering, s.write_through, s.closed, s.fileno(), s.isatty(), s.readable(), s.writable(), s.buffer, s.buffer.name)")
run("sys.stdout.reconfigure(encoding='latin-1', errors='replace'); print('é€', sys.stdout.encoding, sys.stdout.errors)")
run("sys.stdout.reconfigure(line_buffering=True, errors='ignore'); print(sys.stdout.line_buffering, '\\ud800')")
run("print('é', sys.stdout.encoding, sys.stdin.read())", b"\x82", PYTHONIOENCODING="cp437")
run("print('é')", PYTHONIOENCODING="ascii:xmlcharrefreplace")
run("print('text'); sys.stdout.close()")
run("sys.stdout.close(); print('x')")
run("with sys.stdout as s: print(s is sys.stdout)")
run("import io; sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-16-le'); print('ab')")
run("import io; sys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding='latin-1'); print(ascii(sys.stdin.read()))", b"\xe9")
run("sys.stderr.write('to stderr\\n'); sys.stderr.buffer.write(b'bytes\\n'); sys.exit('message')")
