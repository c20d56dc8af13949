"""Sockets, select and what stands on them."""
import errno
import os
import select
import selectors
import socket
import _socket

a, b = socket.socketpair()
print(a.family, a.type, a.proto, a.gettimeout(), a.getblocking(), a.getsockname(), a.getpeername())
a.sendall(b"hello")
print(b.recv(3), b.recv(10))
print(select.select([], [a], [], 0)[1] == [a], select.select([b], [], [], 0))
print(a.send(b"x" * 10), b.recv_into(buffer := bytearray(4)), buffer, b.recv(100, socket.MSG_PEEK), b.recv(100))
print(a.sendmsg([b"ab", b"", bytearray(b"cd")]), b.recvmsg(10))
r, w = os.pipe()
print(socket.send_fds(a, [b"fd"], [w]))
data, fds, flags, address = socket.recv_fds(b, 10, 1)
os.write(fds[0], b"through the pipe")
print(data, len(fds), os.read(r, 100))
for fd in (r, w, *fds):
    os.close(fd)
a.shutdown(socket.SHUT_WR)
print(b.recv(1))
a.close()
print(a.fileno(), b.detach() > 0, b.fileno())

server = socket.socket()
print(repr(server).startswith("<socket.socket fd="), server.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print(server.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), len(server.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
server.bind(("127.0.0.1", 0))
server.listen()
client = socket.create_connection(server.getsockname())
peer, address = server.accept()
print(address == client.getsockname(), peer.getpeername() == address)
with client.makefile("rw") as file, peer.makefile("rw", newline="\n") as other:
    file.write("a line\nanother ü\n")
    file.flush()
    print(repr(other.readline()), repr(other.readline()))
    other.write("back\n")
    other.flush()
    print(repr(file.readline()))
client.settimeout(0.01)
print(client.gettimeout(), client.timeout)
try:
    client.recv(1)
except TimeoutError as e:
    print(repr(e), e.errno)
peer.setblocking(False)
try:
    peer.recv(1)
except BlockingIOError as e:
    print(e)
for selector_class in (selectors.SelectSelector, selectors.PollSelector, selectors.DefaultSelector):
    with selector_class() as selector:
        selector.register(peer, selectors.EVENT_READ, "data")
        print(selector.select(0))
        client.send(b"q")
        print([(key.data, events) for key, events in selector.select(1)], peer.recv(1))
for s in (client, peer, server):
    s.close()
try:
    server.accept()
except OSError as e:
    print(e.errno == errno.EBADF, e)

datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.bind(("", 0))
to = ("127.0.0.1", datagram.getsockname()[1])
print(datagram.getsockname()[0], datagram.sendto(b"datagram", to), datagram.recvfrom(100) == (b"datagram", to))
print(datagram.sendto(b"again", 0, to), datagram.recvfrom_into(bytearray(10)) == (5, to))
datagram.close()

path = f"/tmp/taipan-test-{os.getpid()}"
with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
    one.bind(path)
    one.listen(1)
    two.connect(path)
    three, address = one.accept()
    print(one.getsockname() == path, repr(address), two.getpeername() == path)
    three.close()
os.unlink(path)

print(socket.inet_aton("1.2.3.4"), socket.inet_ntoa(b"\1\2\3\4"), socket.inet_pton(socket.AF_INET6, "::1"),
      socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1"), socket.htons(1), socket.ntohl(1), socket.htonl(2**32 - 1))
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM), socket.getaddrinfo("::1", "80", proto=6))
print(socket.gethostbyname("127.0.0.1"), socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
print(socket.CMSG_LEN(4), socket.CMSG_SPACE(4), socket.getdefaulttimeout(), socket.SocketType, _socket.socket.__module__)
for wrong in (lambda: socket.create_connection(("127.0.0.1", 1)),
              lambda: socket.inet_aton("x"), lambda: socket.inet_ntoa(b"1"), lambda: socket.inet_pton(2, "x"),
              lambda: socket.htons(-1), lambda: socket.htons(70000), lambda: socket.htonl(2**32),
              lambda: socket.getaddrinfo("1.2.3.4.5.invalid", 1, flags=socket.AI_NUMERICHOST),
              lambda: socket.getaddrinfo("127.0.0.1", 1.5), lambda: socket.getservbyport(1 << 20),
              lambda: socket.socket().bind(3), lambda: socket.socket().bind((1, 2)), lambda: socket.socket().bind(("127.0.0.1", 70000)),
              lambda: socket.socket().bind((1,)), lambda: socket.socket().settimeout(-1), lambda: socket.socket().settimeout("a"),
              lambda: socket.socket().recv(-1), lambda: socket.socket(fileno=-1), lambda: socket.socket(999, 1),
              lambda: socket.socket().send("text"), lambda: socket.socket().getsockopt(1, 2, 5000)):
    try:
        print(wrong())
    except (OSError, TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)
poll = select.poll()
r, w = os.pipe()
poll.register(w, select.POLLOUT)
print(poll.poll(0) == [(w, select.POLLOUT)], poll.unregister(w), poll.poll(0))
os.close(r), os.close(w)
