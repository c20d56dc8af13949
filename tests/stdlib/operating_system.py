"""Times, owners and links of files; accounts; locks; file systems."""
import fcntl
import grp
import os
import pathlib
import pwd
import shutil
import tempfile
import typing
import zoneinfo
import operator
import configparser

os.chdir(tempfile.mkdtemp())
pathlib.Path("a").write_text("text")
os.utime("a", (1.5, 2.25))
print(os.stat("a").st_atime_ns, os.stat("a").st_mtime_ns)
os.utime("a", ns=(10**9 + 1, -1))
print(os.stat("a").st_atime_ns, os.stat("a").st_mtime_ns)
os.utime("a")
print(os.stat("a").st_mtime > 10**9)
os.link("a", "b")
os.symlink("a", "s")
os.utime("s", (3, 4), follow_symlinks=False)
print(os.stat("b").st_nlink, os.lstat("s").st_mtime, os.truncate("b", 2), pathlib.Path("a").read_text())
fd = os.open("a", os.O_RDWR)
print(os.pwrite(fd, b"XYZ", 1), os.pread(fd, 10, 0), os.fchmod(fd, 0o600), oct(os.stat(fd).st_mode), os.fsync(fd), os.fdatasync(fd), os.fstatvfs(fd).f_bsize > 0)
print(fcntl.fcntl(fd, fcntl.F_GETFD), fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.lockf(fd, fcntl.LOCK_EX), fcntl.fcntl(fd, fcntl.F_SETFD, 0), os.get_inheritable(fd))
os.close(fd)
os.mkfifo("fifo")
print(pathlib.Path("fifo").is_fifo(), pathlib.Path("new").touch(), pathlib.Path("new").exists(), shutil.copy2("a", "c"), os.path.samefile("a", "b"))
for call in [lambda: os.utime("a", 5), lambda: os.utime("a", (1, 2), ns=(1, 2)), lambda: os.utime("nope"), lambda: os.link("nope", "x"), lambda: os.truncate("nope", 1),
             lambda: os.chown("nope", -1, -1), lambda: os.statvfs("nope"), lambda: os.sysconf("nope"), lambda: os.pread(999, 1, 0), lambda: fcntl.fcntl(-1, 1),
             lambda: fcntl.flock("x", 1), lambda: fcntl.lockf(0, 64), lambda: pwd.getpwnam("no such user"), lambda: pwd.getpwuid(2**40), lambda: pwd.getpwuid("x"),
             lambda: grp.getgrnam("no such group"), lambda: grp.getgrgid(123456), lambda: pwd.getpwnam(5)]:
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
root = pwd.getpwuid(0)
print(root.pw_name, root[2:4], root.pw_dir, type(root), root == pwd.getpwnam("root"), root in pwd.getpwall())
print(grp.getgrgid(0).gr_name, grp.getgrgid(0).gr_mem, grp.getgrnam("root").gr_gid, len(grp.getgrall()) > 1)
print(os.times().user >= 0, os.statvfs("/").f_namemax, len(os.getloadavg()), os.sysconf("SC_PAGESIZE"), os.getpriority(os.PRIO_PROCESS, 0), os.nice(0))
print(typing.NewType("U", int)(5), operator.index(True), object.__doc__.split()[:5])
config = configparser.ConfigParser()
config.read_string("[a]\nx = 1 ; c\ny = %(x)s\n  more\n[b]\nz: 3\n")
print(config.sections(), dict(config["a"]), config.getint("b", "z"))
