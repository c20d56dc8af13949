//! Sockets as objects.

use super::address::{self, Address, Raw};
use super::messages;
use std::cell::Cell;
use std::time::{Duration, Instant};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, PyResult, Raised, io_error, os_error, overflow_error, raise_new, type_error, value_error,
};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::{Raw as Word, Value};

/// `None`: wait for ever. Zero: do not wait.
pub type Timeout = Option<Duration>;

struct DefaultTimeout(Cell<Timeout>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for DefaultTimeout {}
static DEFAULT_TIMEOUT: DefaultTimeout = DefaultTimeout(Cell::new(None));

pub fn default_timeout() -> Timeout {
    DEFAULT_TIMEOUT.0.get()
}

pub fn set_default_timeout(timeout: Timeout) {
    DEFAULT_TIMEOUT.0.set(timeout);
}

pub fn timeout_value(timeout: Timeout) -> Value {
    timeout.map_or_else(Value::none, |time| Value::float(time.as_secs_f64()))
}

pub fn parse_timeout(value: &Value) -> PyResult<Timeout> {
    if value.is_none() {
        return Ok(None);
    }
    if value.as_float().is_none() && value.class().slots().index.is_none() {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer or float",
            value.class().name()
        )));
    }
    let seconds = abstract_ops::to_f64(value)?;
    if seconds.is_nan() {
        return Err(value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(value_error("Timeout value out of range"));
    }
    // Rounded up: what is not zero must not become zero.
    let nanos = (seconds * 1e9).ceil();
    if nanos >= i64::MAX as f64 {
        return Err(overflow_error("timestamp out of range for platform time_t"));
    }
    Ok(Some(Duration::from_nanos(nanos as u64)))
}

#[cold]
pub fn last_error() -> Raised {
    io_error(&std::io::Error::last_os_error(), None)
}

fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

pub fn close(fd: i32) -> PyResult<()> {
    // SAFETY: no pointers.
    if unsafe { libc::close(fd) } < 0 && errno() != libc::ECONNRESET {
        return Err(last_error());
    }
    Ok(())
}

#[cold]
fn timed_out() -> Raised {
    raise_new(exceptions::TIMEOUT_ERROR.get(), "timed out")
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq)]
pub enum Wish {
    Read,
    Write,
    Connect,
}

/// Waits until the socket is ready; false when the time is over.
fn wait(fd: i32, wish: Wish, end: Option<Instant>) -> PyResult<bool> {
    let events = match wish {
        Wish::Read => libc::POLLIN,
        Wish::Write => libc::POLLOUT,
        Wish::Connect => libc::POLLOUT | libc::POLLERR,
    };
    let mut polled = [libc::pollfd {
        fd,
        events,
        revents: 0,
    }];
    crate::select::wait_until(&mut polled, end)?;
    Ok(polled[0].revents != 0)
}

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// Open a socket of the given type.  The family argument specifies the
/// address family; it defaults to AF_INET.  The type argument specifies
/// whether this is a stream (SOCK_STREAM, this is the default)
/// or datagram (SOCK_DGRAM) socket.  The protocol argument defaults to 0,
/// specifying the default protocol.  Keyword arguments are accepted.
/// The socket is created as non-inheritable.
#[pyclass(name = "socket", module = "_socket")]
#[repr(C)]
pub struct Socket {
    header: Header,
    /// -1: closed.
    fd: Cell<i32>,
    family: Cell<i32>,
    kind: Cell<i32>,
    protocol: Cell<i32>,
    timeout: Cell<Timeout>,
}

impl Socket {
    fn blank() -> Socket {
        Socket {
            header: Header::fresh(),
            fd: Cell::new(-1),
            family: Cell::new(0),
            kind: Cell::new(0),
            protocol: Cell::new(0),
            timeout: Cell::new(None),
        }
    }

    /// A socket object of exactly this class.
    pub fn make(fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult {
        let socket = Ref::new(Socket::blank());
        socket.adopt(fd, family, kind, protocol)?;
        Ok(socket.into_value())
    }

    fn adopt(&self, fd: i32, family: i32, kind: i32, protocol: i32) -> PyResult<()> {
        self.fd.set(fd);
        self.family.set(family);
        self.kind
            .set(kind & !(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK));
        self.protocol.set(protocol);
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(Some(Duration::ZERO));
            return Ok(());
        }
        self.timeout.set(default_timeout());
        match self.timeout.get() {
            Some(_) => self.set_blocking(false),
            None => Ok(()),
        }
    }

    pub fn fd(&self) -> i32 {
        self.fd.get()
    }

    fn set_blocking(&self, blocking: bool) -> PyResult<()> {
        let mut nonblocking = libc::c_int::from(!blocking);
        // SAFETY: one number is read.
        if unsafe { libc::ioctl(self.fd(), libc::FIONBIO, &mut nonblocking) } < 0 {
            return Err(last_error());
        }
        Ok(())
    }

    /// Runs a system call until it is through: waits as long as the socket's timeout says, and begins again
    /// behind signals.
    pub fn call(&self, wish: Wish, act: &mut dyn FnMut(i32) -> isize) -> PyResult<isize> {
        let timeout = self.timeout.get().filter(|timeout| !timeout.is_zero());
        let end = timeout.map(|timeout| Instant::now() + timeout);
        self.call_until(wish, end, act)
    }

    fn call_until(
        &self,
        wish: Wish,
        end: Option<Instant>,
        act: &mut dyn FnMut(i32) -> isize,
    ) -> PyResult<isize> {
        loop {
            if end.is_some() && !wait(self.fd(), wish, end)? {
                return Err(timed_out());
            }
            let answer = taipan_vm::gil::released(|| act(self.fd()));
            if answer >= 0 {
                return Ok(answer);
            }
            match errno() {
                libc::EINTR => taipan_vm::signals::run_handlers()?,
                libc::EAGAIN if end.is_some() => {}
                number => return Err(os_error(number, None)),
            }
        }
    }

    /// The errno, or zero.
    fn try_connect(&self, address: &Raw) -> PyResult<i32> {
        // SAFETY: the address is as long as it says.
        let connect = || unsafe { libc::connect(self.fd(), address.pointer(), address.length) };
        if taipan_vm::gil::released(connect) == 0 {
            return Ok(0);
        }
        let number = errno();
        let timeout = self.timeout.get();
        let waits = match number {
            libc::EINTR => {
                taipan_vm::signals::run_handlers()?;
                timeout != Some(Duration::ZERO)
            }
            libc::EINPROGRESS => timeout.is_some_and(|timeout| !timeout.is_zero()),
            _ => false,
        };
        if !waits {
            return Ok(number);
        }
        let end = timeout.map(|timeout| Instant::now() + timeout);
        if !wait(self.fd(), Wish::Connect, end)? {
            return Err(timed_out());
        }
        let mut state: libc::c_int = 0;
        let mut size = size_of::<libc::c_int>() as libc::socklen_t;
        // SAFETY: one number is filled in.
        let answer = unsafe {
            libc::getsockopt(
                self.fd(),
                libc::SOL_SOCKET,
                libc::SO_ERROR,
                (&raw mut state).cast(),
                &mut size,
            )
        };
        match answer {
            0 if state == libc::EISCONN => Ok(0),
            0 => Ok(state),
            _ => Err(last_error()),
        }
    }

    fn name(
        &self,
        ask: unsafe extern "C" fn(i32, *mut libc::sockaddr, *mut libc::socklen_t) -> i32,
    ) -> PyResult {
        let mut raw = Raw::room();
        let mut length = raw.length;
        // SAFETY: the room is as long as it says.
        if unsafe { ask(self.fd(), raw.pointer_mut(), &mut length) } < 0 {
            return Err(last_error());
        }
        raw.length = length;
        Ok(Address::from_raw(&raw).to_value())
    }

    /// Receives into memory that stays where it is.
    fn receive(&self, into: *mut u8, length: usize, flags: i64) -> PyResult<usize> {
        if length == 0 {
            return Ok(0);
        }
        // SAFETY: the callers have that much memory.
        let count = self.call(Wish::Read, &mut |fd| unsafe {
            libc::recv(fd, into.cast(), length, flags as i32)
        })?;
        Ok(count as usize)
    }

    fn receive_from(&self, into: *mut u8, length: usize, flags: i64) -> PyResult<(usize, Value)> {
        let mut raw = Raw::room();
        let mut filled = raw.length;
        // SAFETY: the callers have that much memory, and the room for the address is as long as it says.
        let count = self.call(Wish::Read, &mut |fd| unsafe {
            filled = raw.length;
            libc::recvfrom(
                fd,
                into.cast(),
                length,
                flags as i32,
                raw.pointer_mut(),
                &mut filled,
            )
        })?;
        raw.length = filled;
        Ok((count as usize, Address::from_raw(&raw).to_value()))
    }

    /// The part of a buffer that `recv_into` and its like may fill.
    fn part(buffer: &Buffer, wanted: isize, function: &str) -> PyResult<usize> {
        match usize::try_from(wanted) {
            Err(_) => Err(value_error(format!("negative buffersize in {function}"))),
            Ok(0) => Ok(buffer.len()),
            Ok(wanted) if wanted > buffer.len() => {
                Err(value_error("buffer too small for requested bytes"))
            }
            Ok(wanted) => Ok(wanted),
        }
    }
}

fn room(size: isize, function: &str) -> PyResult<Vec<u8>> {
    let Ok(size) = usize::try_from(size) else {
        return Err(value_error(format!("negative buffersize in {function}")));
    };
    let mut data = Vec::new();
    if data.try_reserve_exact(size).is_err() {
        return Err(exceptions::memory_error(""));
    }
    data.resize(size, 0);
    Ok(data)
}

#[pymethods]
impl Socket {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(class, Socket::blank()).into_value())
    }

    #[pyslot("socket(family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(&self, family: i64, r#type: i64, proto: i64, fileno: Option<&Value>) -> PyResult<()> {
        let (mut family, mut kind, mut protocol) = (family as i32, r#type as i32, proto as i32);
        let Some(fileno) = fileno.filter(|fileno| !fileno.is_none()) else {
            for (field, default) in [
                (&mut family, libc::AF_INET),
                (&mut kind, libc::SOCK_STREAM),
                (&mut protocol, 0),
            ] {
                if *field == -1 {
                    *field = default;
                }
            }
            // SAFETY: no pointers.
            let fd = unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, protocol) };
            if fd < 0 {
                return Err(last_error());
            }
            return self.adopt(fd, family, kind, protocol);
        };
        if fileno.as_float().is_some() {
            return Err(type_error("integer argument expected, got float"));
        }
        let fd = abstract_ops::to_i64(fileno)? as i32;
        if fd < 0 {
            return Err(value_error("negative file descriptor"));
        }
        if family == -1 {
            let mut raw = Raw::room();
            let mut length = raw.length;
            // SAFETY: the room is as long as it says.
            if unsafe { libc::getsockname(fd, raw.pointer_mut(), &mut length) } < 0 {
                return Err(last_error());
            }
            family = raw.storage.ss_family as i32;
        }
        for (field, option) in [
            (&mut kind, libc::SO_TYPE),
            (&mut protocol, libc::SO_PROTOCOL),
        ] {
            if *field == -1 {
                let mut size = size_of::<libc::c_int>() as libc::socklen_t;
                // SAFETY: one number is filled in.
                let answer = unsafe {
                    libc::getsockopt(
                        fd,
                        libc::SOL_SOCKET,
                        option,
                        (&raw mut *field).cast(),
                        &mut size,
                    )
                };
                if answer < 0 {
                    return Err(last_error());
                }
            }
        }
        self.adopt(fd, family, kind, protocol)
    }

    #[pyslot]
    unsafe fn finalize(object: *mut Header) {
        let value = Word(object as u64).to_value();
        // SAFETY: instances of this class have this finalizer.
        let socket = unsafe { value.downcast_unchecked::<Socket>() };
        let fd = socket.fd();
        if fd == -1 {
            return;
        }
        let thread = taipan_vm::thread::thread();
        let pending = thread.raised.take();
        let warned = abstract_ops::repr(&value).and_then(|shown| {
            let message = format!("unclosed {shown}");
            taipan_vm::warnings::warn(exceptions::RESOURCE_WARNING.get(), &message, 1)
        });
        if warned.is_err() {
            taipan_vm::unraisable::report(None, Some(&value));
        }
        // Python code may have closed it by now.
        if socket.fd.replace(-1) == fd {
            // SAFETY: no pointers; nobody else has the number.
            unsafe { libc::close(fd) };
        }
        thread.raised.set(pending);
    }

    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            self.fd(),
            self.family.get(),
            self.kind.get(),
            self.protocol.get()
        ))
    }

    /// the socket family
    #[pygetset]
    fn family(&self) -> i64 {
        self.family.get() as i64
    }
    /// the socket type
    #[pygetset]
    fn r#type(&self) -> i64 {
        self.kind.get() as i64
    }
    /// the socket protocol
    #[pygetset]
    fn proto(&self) -> i64 {
        self.protocol.get() as i64
    }
    /// the socket timeout
    #[pygetset]
    fn timeout(&self) -> Value {
        timeout_value(self.timeout.get())
    }

    /// _accept() -> (integer, address info)
    ///
    /// Wait for an incoming connection.  Return a new socket file descriptor
    /// representing the connection, and the address of the client.
    /// For IP sockets, the address info is a pair (hostaddr, port).
    #[pymethod("_accept($self, /)")]
    fn _accept(&self) -> PyResult<Ref<Tuple>> {
        let mut raw = Raw::room();
        let mut filled = raw.length;
        // SAFETY: the room for the address is as long as it says.
        let fd = self.call(Wish::Read, &mut |fd| unsafe {
            filled = raw.length;
            libc::accept4(fd, raw.pointer_mut(), &mut filled, libc::SOCK_CLOEXEC) as isize
        })?;
        raw.length = filled;
        let address = Address::from_raw(&raw).to_value();
        Ok(Tuple::new([Value::int(fd as i64), address]))
    }

    /// bind(address)
    ///
    /// Bind the socket to a local address.  For IP sockets, the address is a
    /// pair (host, port); the host must refer to the local host. For raw packet
    /// sockets the address is a tuple (ifname, proto [,pkttype [,hatype [,addr]]])
    #[pymethod("bind($self, address, /)")]
    fn bind(&self, address: &Value) -> PyResult<()> {
        let raw = address::parse(address, self.family.get(), "bind")?;
        // SAFETY: the address is as long as it says.
        match unsafe { libc::bind(self.fd(), raw.pointer(), raw.length) } {
            0 => Ok(()),
            _ => Err(last_error()),
        }
    }

    /// close()
    ///
    /// Close the socket.  It cannot be used after this call.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        match self.fd.replace(-1) {
            -1 => Ok(()),
            fd => close(fd),
        }
    }

    /// connect(address)
    ///
    /// Connect the socket to a remote address.  For IP sockets, the address
    /// is a pair (host, port).
    #[pymethod("connect($self, address, /)")]
    fn connect(&self, address: &Value) -> PyResult<()> {
        let raw = address::parse(address, self.family.get(), "connect")?;
        match self.try_connect(&raw)? {
            0 => Ok(()),
            number => Err(os_error(number, None)),
        }
    }

    /// connect_ex(address) -> errno
    ///
    /// This is like connect(address), but returns an error code (the errno value)
    /// instead of raising an exception when an error occurs.
    #[pymethod("connect_ex($self, address, /)")]
    fn connect_ex(&self, address: &Value) -> PyResult<i64> {
        let raw = address::parse(address, self.family.get(), "connect_ex")?;
        match self.try_connect(&raw) {
            Ok(number) => Ok(number as i64),
            Err(raised) => match exceptions::catch(exceptions::TIMEOUT_ERROR.get()) {
                Some(_) => Ok(libc::EWOULDBLOCK as i64),
                None => Err(raised),
            },
        }
    }

    /// detach()
    ///
    /// Close the socket object without closing the underlying file descriptor.
    /// The object cannot be used after this call, but the file descriptor
    /// can be reused for other purposes.  The file descriptor is returned.
    #[pymethod("detach($self, /)")]
    fn detach(&self) -> i64 {
        self.fd.replace(-1) as i64
    }

    /// fileno() -> integer
    ///
    /// Return the integer file descriptor of the socket.
    #[pymethod("fileno($self, /)")]
    fn fileno(&self) -> i64 {
        self.fd() as i64
    }

    /// getpeername() -> address info
    ///
    /// Return the address of the remote endpoint.  For IP sockets, the address
    /// info is a pair (hostaddr, port).
    #[pymethod("getpeername($self, /)")]
    fn getpeername(&self) -> PyResult {
        self.name(libc::getpeername)
    }

    /// getsockname() -> address info
    ///
    /// Return the address of the local endpoint. The format depends on the
    /// address family. For IPv4 sockets, the address info is a pair
    /// (hostaddr, port). For IPv6 sockets, the address info is a 4-tuple
    /// (hostaddr, port, flowinfo, scope_id).
    #[pymethod("getsockname($self, /)")]
    fn getsockname(&self) -> PyResult {
        self.name(libc::getsockname)
    }

    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// Get a socket option.  See the Unix manual for level and option.
    /// If a nonzero buffersize argument is given, the return value is a
    /// string of that length; otherwise it is an integer.
    #[pymethod("getsockopt($self, level, option, buffersize=0, /)")]
    fn getsockopt(&self, level: i64, option: i64, buffersize: i64) -> PyResult {
        if !(0..=1024).contains(&buffersize) {
            return Err(raise_new(
                exceptions::OS_ERROR.get(),
                "getsockopt buflen out of range",
            ));
        }
        let mut data = [0u8; 1024];
        let is_number = buffersize == 0;
        let mut size = if is_number {
            4
        } else {
            buffersize as libc::socklen_t
        };
        // SAFETY: the buffer is at least that long.
        let answer = unsafe {
            libc::getsockopt(
                self.fd(),
                level as i32,
                option as i32,
                data.as_mut_ptr().cast(),
                &mut size,
            )
        };
        if answer < 0 {
            return Err(last_error());
        }
        if is_number {
            let number = i32::from_ne_bytes(data[..4].try_into().expect("four bytes"));
            return Ok(Value::int(number as i64));
        }
        Ok(Bytes::from_slice(&data[..size as usize]).into_value())
    }

    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Set a socket option.  See the Unix manual for level and option.
    /// The value argument can either be an integer, a string buffer, or
    /// None, optlen.
    #[pymethod("setsockopt($self, level, option, value, optlen=<unrepresentable>, /)")]
    fn setsockopt(
        &self,
        level: i64,
        option: i64,
        value: &Value,
        optlen: Option<i64>,
    ) -> PyResult<()> {
        let set = |data: *const u8, size: usize| {
            // SAFETY: the callers have that much memory, or none is read.
            let answer = unsafe {
                libc::setsockopt(
                    self.fd(),
                    level as i32,
                    option as i32,
                    data.cast(),
                    size as libc::socklen_t,
                )
            };
            match answer {
                0 => Ok(()),
                _ => Err(last_error()),
            }
        };
        if value.as_int().is_some() {
            let number = (abstract_ops::to_i64(value)? as i32).to_ne_bytes();
            return set(number.as_ptr(), number.len());
        }
        if value.is_none() {
            let Some(size) = optlen else {
                return Err(type_error(
                    "socket option should be integer, bytes-like object or None, and optlen is required with None",
                ));
            };
            return set(std::ptr::null(), size as usize);
        }
        let data = buffer::bytes_like(value)?;
        set(data.pointer(), data.len())
    }

    /// listen([backlog])
    ///
    /// Enable a server to accept connections.  If backlog is specified, it must be
    /// at least 0 (if it is lower, it is set to 0); it specifies the number of
    /// unaccepted connections that the system will allow before refusing new
    /// connections. If not specified, a default reasonable value is chosen.
    #[pymethod("listen($self, backlog=128, /)")]
    fn listen(&self, backlog: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        match unsafe { libc::listen(self.fd(), backlog.clamp(0, i32::MAX as i64) as i32) } {
            0 => Ok(()),
            _ => Err(last_error()),
        }
    }

    /// recv(buffersize[, flags]) -> data
    ///
    /// Receive up to buffersize bytes from the socket.  For the optional flags
    /// argument, see the Unix manual.  When no data is available, block until
    /// at least one byte is available or until the remote end is closed.  When
    /// the remote end is closed and all data is read, return the empty string.
    #[pymethod("recv($self, buffersize, flags=0, /)")]
    fn recv(&self, buffersize: isize, flags: i64) -> PyResult<Ref<Bytes>> {
        let mut data = room(buffersize, "recv")?;
        let count = self.receive(data.as_mut_ptr(), data.len(), flags)?;
        data.truncate(count);
        Ok(Bytes::from_vec(data))
    }

    /// recv_into(buffer, [nbytes[, flags]]) -> nbytes_read
    ///
    /// A version of recv() that stores its data into a buffer rather than creating
    /// a new string.  Receive up to buffersize bytes from the socket.  If buffersize
    /// is not specified (or 0), receive up to the size available in the given buffer.
    ///
    /// See recv() for documentation about the flags.
    #[pymethod("recv_into($self, /, buffer, nbytes=0, flags=0)")]
    fn recv_into(&self, buffer: &Value, nbytes: isize, flags: i64) -> PyResult<usize> {
        let buffer = buffer::writable(buffer)?;
        let length = Socket::part(&buffer, nbytes, "recv_into")?;
        self.receive(buffer.pointer(), length, flags)
    }

    /// recvfrom(buffersize[, flags]) -> (data, address info)
    ///
    /// Like recv(buffersize, flags) but also return the sender's address info.
    #[pymethod("recvfrom($self, buffersize, flags=0, /)")]
    fn recvfrom(&self, buffersize: isize, flags: i64) -> PyResult<Ref<Tuple>> {
        let mut data = room(buffersize, "recvfrom")?;
        let (count, address) = self.receive_from(data.as_mut_ptr(), data.len(), flags)?;
        data.truncate(count);
        Ok(Tuple::new([Bytes::from_vec(data).into_value(), address]))
    }

    /// recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)
    ///
    /// Like recv_into(buffer[, nbytes[, flags]]) but also return the sender's address info.
    #[pymethod("recvfrom_into($self, /, buffer, nbytes=0, flags=0)")]
    fn recvfrom_into(&self, buffer: &Value, nbytes: isize, flags: i64) -> PyResult<Ref<Tuple>> {
        let buffer = buffer::writable(buffer)?;
        let length = Socket::part(&buffer, nbytes, "recvfrom_into")?;
        let (count, address) = self.receive_from(buffer.pointer(), length, flags)?;
        Ok(Tuple::new([Value::int(count as i64), address]))
    }

    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receive normal data (up to bufsize bytes) and ancillary data from the
    /// socket.  The ancbufsize argument sets the size in bytes of the
    /// internal buffer used to receive the ancillary data; it defaults to 0,
    /// meaning that no ancillary data will be received.
    #[pymethod("recvmsg($self, bufsize, ancbufsize=0, flags=0, /)")]
    fn recvmsg(&self, bufsize: isize, ancbufsize: isize, flags: i64) -> PyResult<Ref<Tuple>> {
        let mut data = room(bufsize, "recvmsg")?;
        let control = room(ancbufsize, "recvmsg")?;
        let part = (data.as_mut_ptr(), data.len());
        let (count, rest) = messages::receive(self, &[part], control, flags as i32)?;
        data.truncate(count);
        let data = Bytes::from_vec(data).into_value();
        Ok(Tuple::new(
            std::iter::once(data).chain(rest).collect::<Vec<_>>(),
        ))
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receive normal data and ancillary data from the socket, scattering the
    /// non-ancillary data into a series of buffers.
    #[pymethod("recvmsg_into($self, buffers, ancbufsize=0, flags=0, /)")]
    fn recvmsg_into(&self, buffers: &Value, ancbufsize: isize, flags: i64) -> PyResult<Ref<Tuple>> {
        let buffers = abstract_ops::to_vec(buffers)?;
        let buffers: PyResult<Vec<Buffer>> = buffers.iter().map(buffer::writable).collect();
        let buffers = buffers?;
        let control = room(ancbufsize, "recvmsg_into")?;
        let parts: Vec<_> = buffers.iter().map(|b| (b.pointer(), b.len())).collect();
        let (count, rest) = messages::receive(self, &parts, control, flags as i32)?;
        let count = Value::int(count as i64);
        Ok(Tuple::new(
            std::iter::once(count).chain(rest).collect::<Vec<_>>(),
        ))
    }

    /// send(data[, flags]) -> count
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  Return the number of bytes
    /// sent; this may be less than len(data) if the network is busy.
    #[pymethod("send($self, data, flags=0, /)")]
    fn send(&self, data: &Value, flags: i64) -> PyResult<i64> {
        let data = buffer::bytes_like(data)?;
        // SAFETY: the buffer is kept.
        let count = self.call(Wish::Write, &mut |fd| unsafe {
            libc::send(fd, data.pointer().cast(), data.len(), flags as i32)
        })?;
        Ok(count as i64)
    }

    /// sendall(data[, flags])
    ///
    /// Send a data string to the socket.  For the optional flags
    /// argument, see the Unix manual.  This calls send() repeatedly
    /// until all data is sent.  If an error occurs, it's impossible
    /// to tell how much data has been sent.
    #[pymethod("sendall($self, data, flags=0, /)")]
    fn sendall(&self, data: &Value, flags: i64) -> PyResult<()> {
        let data = buffer::bytes_like(data)?;
        let timeout = self.timeout.get().filter(|timeout| !timeout.is_zero());
        let end = timeout.map(|timeout| Instant::now() + timeout);
        let mut sent = 0;
        while sent < data.len() {
            // SAFETY: the buffer is kept, and longer than what was sent.
            let count = self.call_until(Wish::Write, end, &mut |fd| unsafe {
                libc::send(
                    fd,
                    data.pointer().add(sent).cast(),
                    data.len() - sent,
                    flags as i32,
                )
            })?;
            sent += count as usize;
            taipan_vm::signals::run_handlers()?;
        }
        Ok(())
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Like send(data, flags) but allows specifying the destination address.
    /// For IP sockets, the address is a pair (hostaddr, port).
    #[pymethod("sendto", raw)]
    fn sendto(&self, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<i64> {
        let (data, flags, address) = match args {
            [data, address] => (data, 0, address),
            [data, flags, address] => (data, abstract_ops::to_i64(flags)?, address),
            _ => {
                return Err(type_error(format!(
                    "sendto() takes 2 or 3 arguments ({} given)",
                    args.len()
                )));
            }
        };
        let data = buffer::bytes_like(data)?;
        let raw = address::parse(address, self.family.get(), "sendto")?;
        // SAFETY: the buffer is kept, the address is as long as it says.
        let count = self.call(Wish::Write, &mut |fd| unsafe {
            libc::sendto(
                fd,
                data.pointer().cast(),
                data.len(),
                flags as i32,
                raw.pointer(),
                raw.length,
            )
        })?;
        Ok(count as i64)
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Send normal and ancillary data to the socket, gathering the
    /// non-ancillary data from a series of buffers and concatenating it into
    /// a single message.
    #[pymethod(
        "sendmsg($self, buffers, ancdata=<unrepresentable>, flags=0, address=<unrepresentable>, /)"
    )]
    fn sendmsg(
        &self,
        buffers: &Value,
        ancdata: Option<&Value>,
        flags: i64,
        address: Option<&Value>,
    ) -> PyResult<i64> {
        let raw = match address.filter(|address| !address.is_none()) {
            Some(address) => Some(address::parse(address, self.family.get(), "sendmsg")?),
            None => None,
        };
        messages::send(self, buffers, ancdata, flags as i32, raw)
    }

    /// setblocking(flag)
    ///
    /// Set the socket to blocking (flag is true) or non-blocking (false).
    /// setblocking(True) is equivalent to settimeout(None);
    /// setblocking(False) is equivalent to settimeout(0.0).
    #[pymethod("setblocking($self, flag, /)")]
    fn setblocking(&self, flag: bool) -> PyResult<()> {
        self.timeout.set((!flag).then_some(Duration::ZERO));
        self.set_blocking(flag)
    }

    /// getblocking()
    ///
    /// Returns True if socket is in blocking mode, or False if it
    /// is in non-blocking mode.
    #[pymethod("getblocking($self, /)")]
    fn getblocking(&self) -> bool {
        self.timeout.get() != Some(Duration::ZERO)
    }

    /// settimeout(timeout)
    ///
    /// Set a timeout on socket operations.  'timeout' can be a float,
    /// giving in seconds, or None.  Setting a timeout of None disables
    /// the timeout feature and is equivalent to setblocking(1).
    /// Setting a timeout of zero is the same as setblocking(0).
    #[pymethod("settimeout($self, timeout, /)")]
    fn settimeout(&self, timeout: &Value) -> PyResult<()> {
        let timeout = parse_timeout(timeout)?;
        self.timeout.set(timeout);
        self.set_blocking(timeout.is_none())
    }

    /// gettimeout() -> timeout
    ///
    /// Returns the timeout in seconds (float) associated with socket
    /// operations. A timeout of None indicates that timeouts on socket
    /// operations are disabled.
    #[pymethod("gettimeout($self, /)")]
    fn gettimeout(&self) -> Value {
        timeout_value(self.timeout.get())
    }

    /// shutdown(flag)
    ///
    /// Shut down the reading side of the socket (flag == SHUT_RD), the writing side
    /// of the socket (flag == SHUT_WR), or both ends (flag == SHUT_RDWR).
    #[pymethod("shutdown($self, flag, /)")]
    fn shutdown(&self, flag: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        match unsafe { libc::shutdown(self.fd(), flag as i32) } {
            0 => Ok(()),
            _ => Err(last_error()),
        }
    }
}
