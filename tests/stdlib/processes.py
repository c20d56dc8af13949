"""Processes: fork, exec, waiting, pipes, and subprocess above them."""

import errno
import os
import signal
import subprocess
import sys
import tempfile


def in_child(work):
    """What a child process writes, and how it ends."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 99
        try:
            code = work(writing) or 0
        finally:
            os._exit(code)
    os.close(writing)
    data = b""
    while part := os.read(reading, 100):
        data += part
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    return data, status


print("fork")
data, status = in_child(lambda fd: os.write(fd, b"from the child") and 7)
print(data, os.WIFEXITED(status), os.WEXITSTATUS(status), os.WIFSIGNALED(status))
print(os.waitstatus_to_exitcode(status), os.waitstatus_to_exitcode(signal.SIGKILL))
for bad in (0x7F, -1, "x"):
    try:
        print(os.waitstatus_to_exitcode(bad))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
data, status = in_child(lambda fd: os.kill(os.getpid(), signal.SIGTERM))
print(data, os.WIFSIGNALED(status), os.WTERMSIG(status), os.WIFSTOPPED(status))


def total(fd):
    """Loops in a child go on, whoever compiled them."""
    result = 0
    for i in range(20000):
        result += i % 7
    os.write(fd, str(result).encode())


print(in_child(total))

print("hooks")
order = []
os.register_at_fork(before=lambda: order.append("before 1"), after_in_parent=lambda: order.append("parent 1"))
os.register_at_fork(
    before=lambda: order.append("before 2"),
    after_in_parent=lambda: order.append("parent 2"),
    after_in_child=lambda: order.append("child"),
)
print(in_child(lambda fd: os.write(fd, repr(order).encode()) and 0))
print(order)
for arguments in ({}, {"before": 3}):
    try:
        os.register_at_fork(**arguments)
    except TypeError as e:
        print(e)

print("descriptors")
reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
print(os.get_inheritable(reading), os.get_blocking(reading))
try:
    os.read(reading, 1)
except BlockingIOError as e:
    print(e.errno == errno.EAGAIN)
os.set_inheritable(reading, True)
os.set_blocking(reading, True)
print(os.get_inheritable(reading), os.get_blocking(reading))
copy = os.dup(writing)
print(os.dup2(writing, copy) == copy, os.get_inheritable(copy))
print(os.dup2(writing, copy, inheritable=False) == copy, os.get_inheritable(copy))
os.write(copy, b"through the copy")
print(os.read(reading, 100))
for fd in (reading, writing, copy):
    os.close(fd)
for call in (lambda: os.dup2(-1, 3), lambda: os.get_blocking(copy), lambda: os.waitpid(-1, 0)):
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e.errno)

print("exec")
print(in_child(lambda fd: (os.dup2(fd, 1), os.execv("/bin/echo", ["echo", "one", "two"]))))
print(in_child(lambda fd: (os.dup2(fd, 1), os.execve("/bin/sh", ["sh", "-c", "echo $NAME"], {"NAME": "value"}))))
print(in_child(lambda fd: (os.dup2(fd, 1), os.execvp("echo", ("echo", "found")))))
for call in (
    lambda: os.execv("/nowhere", ["x"]),
    lambda: os.execv("/bin/echo", []),
    lambda: os.execv("/bin/echo", [""]),
    lambda: os.execv("/bin/echo", "echo"),
    lambda: os.execve("/bin/echo", ["echo"], {"a=b": "c"}),
    lambda: os.execve("/bin/echo", ["echo"], 3),
):
    try:
        call()
    except (OSError, ValueError, TypeError) as e:
        print(type(e).__name__, e)

print("subprocess")
print(subprocess.run(["cat"], input=b"through cat", capture_output=True))
print(subprocess.run("echo out; echo err >&2; exit 3", shell=True, capture_output=True, text=True))
print(subprocess.check_output(["sh", "-c", "echo $A $B"], env={"A": "1", "B": "2"}, text=True))
with tempfile.TemporaryDirectory() as folder:
    print(subprocess.check_output(["pwd"], cwd=folder, text=True).strip() == os.path.realpath(folder))
print(subprocess.run(["sh", "-c", "cat; echo >&2 e"], input="x" * 200_000, capture_output=True, text=True).stdout.count("x"))
print(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
print(subprocess.run(["true"], preexec_fn=lambda: os.write(1, b"")).returncode)
pair = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
print(pair.poll(), pair.communicate(b"abc"), pair.returncode)
for command, more in (
    (["/no/such/program"], {}),
    (["ls"], {"cwd": "/no/such/folder"}),
    ([tempfile.gettempdir()], {}),
    (["true"], {"preexec_fn": lambda: 1 / 0}),
):
    try:
        subprocess.run(command, **more)
    except (OSError, subprocess.SubprocessError) as e:
        print(type(e).__name__, str(e).replace(tempfile.gettempdir(), "TMP"))
try:
    subprocess.run(["false"], check=True)
except subprocess.CalledProcessError as e:
    print(e)
try:
    subprocess.run(["sleep", "10"], timeout=0.05)
except subprocess.TimeoutExpired as e:
    print(e.cmd, e.timeout)
done = subprocess.run([sys.executable, "-c", "import sys; print(sys.stdin.readline()[::-1])"], input="abc", capture_output=True, text=True)
print(done.stdout, done.returncode)
