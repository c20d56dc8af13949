//! `_socket`: BSD sockets, names and addresses.

mod address;
mod constants;
mod messages;
mod names;
mod object;

use taipan_macros::pymodule;

pub use socket::MODULE;

/// Implementation module for socket operations.
///
/// See the socket module for documentation.
#[pymodule(name = "_socket", classes(super::object::Socket))]
mod socket {
    use super::address::{self, Address};
    use super::names::{self, GAI_ERROR, H_ERROR};
    use super::object::{self, Socket};
    use super::{constants, messages};
    use std::ffi::CString;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{
        self, PyResult, os_error, overflow_error, raise_new, type_error, value_error,
    };
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::codec::decode_filesystem;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Create a pair of socket objects from the sockets returned by the platform
    /// socketpair() function.
    #[pyfunction("socketpair($module, family=1, type=1, proto=0, /)")]
    fn socketpair(family: i64, r#type: i64, proto: i64) -> PyResult<Ref<Tuple>> {
        let mut ends = [0; 2];
        // SAFETY: two numbers are filled in.
        let made = unsafe {
            libc::socketpair(
                family as i32,
                r#type as i32 | libc::SOCK_CLOEXEC,
                proto as i32,
                ends.as_mut_ptr(),
            )
        };
        if made < 0 {
            return Err(object::last_error());
        }
        let end = |fd| Socket::make(fd, family as i32, r#type as i32, proto as i32);
        Ok(Tuple::new([end(ends[0])?, end(ends[1])?]))
    }

    /// dup(integer) -> integer
    ///
    /// Duplicate an integer socket file descriptor.
    #[pyfunction("dup($module, fd, /)")]
    fn dup(fd: i64) -> PyResult<i64> {
        // SAFETY: no pointers.
        match unsafe { libc::fcntl(fd as i32, libc::F_DUPFD_CLOEXEC, 0) } {
            copy if copy >= 0 => Ok(copy as i64),
            _ => Err(object::last_error()),
        }
    }

    /// close(integer) -> None
    ///
    /// Close an integer socket file descriptor.
    #[pyfunction("close($module, fd, /)")]
    fn close(fd: i64) -> PyResult<()> {
        object::close(fd as i32)
    }

    /// gethostname() -> string
    ///
    /// Return the current host name.
    #[pyfunction("gethostname($module, /)")]
    fn gethostname() -> PyResult<Ref<Str>> {
        let mut name = [0u8; 1024];
        // SAFETY: the last byte stays zero.
        if unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) } < 0 {
            return Err(object::last_error());
        }
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        Ok(decode_filesystem(&name[..length]))
    }

    /// gethostbyname(host) -> address
    ///
    /// Return the IP address (a string of the form '255.255.255.255') for a host.
    #[pyfunction("gethostbyname($module, host, /)")]
    fn gethostbyname(host: &Value) -> PyResult<String> {
        let host = names::host(host)?;
        match address::resolve(&host, libc::AF_INET)? {
            Address::V4(address) => Ok(address.ip().to_string()),
            _ => Err(os_error(libc::EAFNOSUPPORT, None)),
        }
    }

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.
    #[pyfunction("gethostbyname_ex($module, host, /)")]
    fn gethostbyname_ex(host: &Value) -> PyResult<Ref<Tuple>> {
        names::host_by_name(&names::host(host)?)
    }

    /// gethostbyaddr(host) -> (name, aliaslist, addresslist)
    ///
    /// Return the true host name, a list of aliases, and a list of IP addresses,
    /// for a host.
    #[pyfunction("gethostbyaddr($module, host, /)")]
    fn gethostbyaddr(host: &Value) -> PyResult<Ref<Tuple>> {
        names::host_by_address(&names::host(host)?)
    }

    /// getaddrinfo(host, port [, family, type, proto, flags])
    /// -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolve host and port into addrinfo struct.
    #[pyfunction("getaddrinfo($module, host, port, family=0, type=0, proto=0, flags=0)")]
    fn getaddrinfo(
        host: &Value,
        port: &Value,
        family: i64,
        r#type: i64,
        proto: i64,
        flags: i64,
    ) -> PyResult<Ref<List>> {
        names::address_info(host, port, [family, r#type, proto, flags].map(|n| n as i32))
    }

    /// getnameinfo(sockaddr, flags) --> (host, port)
    ///
    /// Get host and port for a sockaddr.
    #[pyfunction("getnameinfo($module, sockaddr, flags, /)")]
    fn getnameinfo(sockaddr: &Value, flags: i64) -> PyResult<Ref<Tuple>> {
        names::name_info(sockaddr, flags as i32)
    }

    fn c_text(value: &Value, what: &str) -> PyResult<CString> {
        let Some(text) = value.downcast::<Str>() else {
            return Err(type_error(format!(
                "{what} must be str, not {}",
                value.class().name()
            )));
        };
        CString::new(text.to_rust().as_bytes()).map_err(|_| value_error("embedded null character"))
    }

    fn protocol(name: Option<&Value>, function: &str) -> PyResult<Option<CString>> {
        name.map(|name| c_text(name, &format!("{function}() argument 2")))
            .transpose()
    }

    /// getservbyname(servicename[, protocolname]) -> integer
    ///
    /// Return a port number from a service name and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction("getservbyname($module, servicename, protocolname=<unrepresentable>, /)")]
    fn getservbyname(servicename: &Value, protocolname: Option<&Value>) -> PyResult<i64> {
        let name = c_text(servicename, "getservbyname() argument 1")?;
        let protocol = protocol(protocolname, "getservbyname")?;
        let wanted = protocol.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
        // SAFETY: C strings; the answer is read at once.
        let port = unsafe {
            libc::getservbyname(name.as_ptr(), wanted)
                .as_ref()
                .map(|s| s.s_port)
        };
        match port {
            Some(port) => Ok(u16::from_be(port as u16) as i64),
            None => Err(raise_new(
                exceptions::OS_ERROR.get(),
                "service/proto not found",
            )),
        }
    }

    /// getservbyport(port[, protocolname]) -> string
    ///
    /// Return the service name from a port number and protocol name.
    /// The optional protocol name, if given, should be 'tcp' or 'udp',
    /// otherwise any protocol will match.
    #[pyfunction("getservbyport($module, port, protocolname=<unrepresentable>, /)")]
    fn getservbyport(port: i64, protocolname: Option<&Value>) -> PyResult<Ref<Str>> {
        let port = u16::try_from(port)
            .map_err(|_| overflow_error("getservbyport: port must be 0-65535."))?;
        let protocol = protocol(protocolname, "getservbyport")?;
        let wanted = protocol.as_ref().map_or(std::ptr::null(), |p| p.as_ptr());
        // SAFETY: a C string or null; the answer is copied at once.
        let name = unsafe {
            libc::getservbyport(port.to_be() as i32, wanted)
                .as_ref()
                .map(|s| names::c_string(s.s_name))
        };
        name.ok_or_else(|| raise_new(exceptions::OS_ERROR.get(), "port/proto not found"))
    }

    /// getprotobyname(name) -> integer
    ///
    /// Return the protocol number for the named protocol.  (Rarely used.)
    #[pyfunction("getprotobyname($module, name, /)")]
    fn getprotobyname(name: &Value) -> PyResult<i64> {
        let name = c_text(name, "getprotobyname() argument")?;
        // SAFETY: a C string; the answer is read at once.
        let number = unsafe {
            libc::getprotobyname(name.as_ptr())
                .as_ref()
                .map(|p| p.p_proto)
        };
        match number {
            Some(number) => Ok(number as i64),
            None => Err(raise_new(exceptions::OS_ERROR.get(), "protocol not found")),
        }
    }

    fn unsigned<T: TryFrom<i64>>(x: &Value, name: &str) -> PyResult<T> {
        let number = abstract_ops::index(x)?;
        let number = number
            .as_int()
            .and_then(|number| match number.is_negative() {
                true => Some(-1),
                false => number.to_i64(),
            });
        if number.is_some_and(|number| number < 0) {
            return Err(value_error("Cannot convert negative int"));
        }
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| overflow_error(format!("Python int too large for C {name}")))
    }

    fn short(x: &Value) -> PyResult<u16> {
        unsigned(x, "uint16_t")
    }

    fn long(x: &Value) -> PyResult<u32> {
        unsigned(x, "uint32_t")
    }

    /// Convert a 16-bit unsigned integer from network to host byte order.
    #[pyfunction("ntohs($module, x, /)")]
    fn ntohs(x: &Value) -> PyResult<i64> {
        Ok(u16::from_be(short(x)?) as i64)
    }

    /// Convert a 16-bit unsigned integer from host to network byte order.
    #[pyfunction("htons($module, x, /)")]
    fn htons(x: &Value) -> PyResult<i64> {
        Ok(short(x)?.to_be() as i64)
    }

    /// Convert a 32-bit unsigned integer from network to host byte order.
    #[pyfunction("ntohl($module, x, /)")]
    fn ntohl(x: &Value) -> PyResult<i64> {
        Ok(u32::from_be(long(x)?) as i64)
    }

    /// Convert a 32-bit unsigned integer from host to network byte order.
    #[pyfunction("htonl($module, x, /)")]
    fn htonl(x: &Value) -> PyResult<i64> {
        Ok(long(x)?.to_be() as i64)
    }

    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions.
    #[pyfunction("inet_aton($module, ip_addr, /)")]
    fn inet_aton(ip_addr: &Value) -> PyResult<Ref<Bytes>> {
        unsafe extern "C" {
            fn inet_aton(text: *const libc::c_char, to: *mut libc::in_addr) -> libc::c_int;
        }
        let text = c_text(ip_addr, "inet_aton() argument 1")?;
        let mut found = libc::in_addr { s_addr: 0 };
        // SAFETY: a C string, and a structure that is filled in.
        if unsafe { inet_aton(text.as_ptr(), &mut found) } == 0 {
            return Err(raise_new(
                exceptions::OS_ERROR.get(),
                "illegal IP address string passed to inet_aton",
            ));
        }
        Ok(Bytes::from_slice(&found.s_addr.to_ne_bytes()))
    }

    /// Convert an IP address from 32-bit packed binary format to string format.
    #[pyfunction("inet_ntoa($module, packed_ip, /)")]
    fn inet_ntoa(packed_ip: &Value) -> PyResult<String> {
        let packed = buffer::bytes_like(packed_ip)?;
        let Ok(octets) = <[u8; 4]>::try_from(&*packed) else {
            return Err(raise_new(
                exceptions::OS_ERROR.get(),
                "packed IP wrong length for inet_ntoa",
            ));
        };
        Ok(std::net::Ipv4Addr::from(octets).to_string())
    }

    /// inet_pton(af, ip) -> packed IP address string
    ///
    /// Convert an IP address from string format to a packed string suitable
    /// for use with low-level network functions.
    #[pyfunction("inet_pton($module, af, ip, /)")]
    fn inet_pton(af: i64, ip: &Value) -> PyResult<Ref<Bytes>> {
        let text = c_text(ip, "inet_pton() argument 2")?;
        let text = text.to_str().unwrap_or_default();
        let illegal = || {
            raise_new(
                exceptions::OS_ERROR.get(),
                "illegal IP address string passed to inet_pton",
            )
        };
        match af as i32 {
            libc::AF_INET => {
                let address: std::net::Ipv4Addr = text.parse().map_err(|_| illegal())?;
                Ok(Bytes::from_slice(&address.octets()))
            }
            libc::AF_INET6 => {
                let address: std::net::Ipv6Addr = text.parse().map_err(|_| illegal())?;
                Ok(Bytes::from_slice(&address.octets()))
            }
            _ => Err(os_error(libc::EAFNOSUPPORT, None)),
        }
    }

    /// inet_ntop(af, packed_ip) -> string formatted IP address
    ///
    /// Convert a packed IP address of the given family to string format.
    #[pyfunction("inet_ntop($module, af, packed_ip, /)")]
    fn inet_ntop(af: i64, packed_ip: &Value) -> PyResult<String> {
        let packed = buffer::bytes_like(packed_ip)?;
        let wrong = || value_error("invalid length of packed IP address string");
        match af as i32 {
            libc::AF_INET => {
                let octets = <[u8; 4]>::try_from(&*packed).map_err(|_| wrong())?;
                Ok(std::net::Ipv4Addr::from(octets).to_string())
            }
            libc::AF_INET6 => {
                let octets = <[u8; 16]>::try_from(&*packed).map_err(|_| wrong())?;
                Ok(std::net::Ipv6Addr::from(octets).to_string())
            }
            _ => Err(value_error(format!("unknown address family {af}"))),
        }
    }

    /// getdefaulttimeout() -> timeout
    ///
    /// Returns the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction("getdefaulttimeout($module, /)")]
    fn getdefaulttimeout() -> Value {
        object::timeout_value(object::default_timeout())
    }

    /// setdefaulttimeout(timeout)
    ///
    /// Set the default timeout in seconds (float) for new socket objects.
    /// A value of None indicates that new socket objects have no timeout.
    /// When the socket module is first imported, the default is None.
    #[pyfunction("setdefaulttimeout($module, timeout, /)")]
    fn setdefaulttimeout(timeout: &Value) -> PyResult<()> {
        object::set_default_timeout(object::parse_timeout(timeout)?);
        Ok(())
    }

    /// if_nameindex()
    ///
    /// Returns a list of network interface information (index, name) tuples.
    #[pyfunction("if_nameindex($module, /)")]
    fn if_nameindex() -> PyResult<Ref<List>> {
        let mut found = Vec::new();
        // SAFETY: the list ends with a zero index, and is given back.
        unsafe {
            let list = libc::if_nameindex();
            if list.is_null() {
                return Err(object::last_error());
            }
            let mut at = list;
            while (*at).if_index != 0 {
                let name = names::c_string((*at).if_name).into_value();
                found.push(Tuple::new([Value::int((*at).if_index as i64), name]).into_value());
                at = at.add(1);
            }
            libc::if_freenameindex(list);
        }
        Ok(List::make(found))
    }

    /// Returns the interface index corresponding to the interface name if_name.
    #[pyfunction("if_nametoindex($module, oname, /)")]
    fn if_nametoindex(oname: &Value) -> PyResult<i64> {
        let name = c_text(oname, "if_nametoindex() argument 1")?;
        // SAFETY: a C string.
        match unsafe { libc::if_nametoindex(name.as_ptr()) } {
            0 => Err(object::last_error()),
            index => Ok(index as i64),
        }
    }

    /// Returns the interface name corresponding to the interface index if_index.
    #[pyfunction("if_indextoname($module, if_index, /)")]
    fn if_indextoname(if_index: i64) -> PyResult<Ref<Str>> {
        let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
        // SAFETY: the buffer has the length that is asked for.
        unsafe {
            match libc::if_indextoname(if_index as u32, name.as_mut_ptr()).is_null() {
                true => Err(object::last_error()),
                false => Ok(names::c_string(name.as_ptr())),
            }
        }
    }

    /// CMSG_LEN(length) -> control message length
    ///
    /// Return the total length, without trailing padding, of an ancillary
    /// data item with associated data of the given length.
    #[pyfunction("CMSG_LEN($module, length, /)")]
    fn cmsg_len(length: i64) -> PyResult<i64> {
        messages::control_length(length, false)
    }

    /// CMSG_SPACE(length) -> buffer size
    ///
    /// Return the buffer size needed for recvmsg() to receive an ancillary
    /// data item with associated data of the given length, along with any
    /// trailing padding.
    #[pyfunction("CMSG_SPACE($module, length, /)")]
    fn cmsg_space(length: i64) -> PyResult<i64> {
        messages::control_length(length, true)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, number) in constants::numbers() {
            module.add(name, Value::int(number));
        }
        module.add("error", object_value(exceptions::OS_ERROR.get()));
        module.add("timeout", object_value(exceptions::TIMEOUT_ERROR.get()));
        module.add("gaierror", GAI_ERROR.value()?);
        module.add("herror", H_ERROR.value()?);
        module.add("has_ipv6", Value::bool(true));
        module.add("SocketType", object_value(Socket::class()));
        Ok(())
    }
}
