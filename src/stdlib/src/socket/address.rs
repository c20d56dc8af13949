//! Addresses of sockets: what the system has, and what Python shows.

use super::names::{self, c_string};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, overflow_error, raise_new, type_error};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::codec::{decode_filesystem, encode_filesystem};
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// An address in the system's form.
pub struct Raw {
    pub storage: libc::sockaddr_storage,
    pub length: libc::socklen_t,
}

impl Raw {
    /// Room for an address that the system is to fill in.
    pub fn room() -> Raw {
        Raw {
            // SAFETY: plain numbers.
            storage: unsafe { std::mem::zeroed() },
            length: size_of::<libc::sockaddr_storage>() as libc::socklen_t,
        }
    }
    pub fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }
    pub fn pointer_mut(&mut self) -> *mut libc::sockaddr {
        (&raw mut self.storage).cast()
    }
    /// # Safety
    /// `T` is one of the system's address structures.
    unsafe fn of<T>(address: T, length: usize) -> Raw {
        let mut raw = Raw::room();
        // SAFETY: the storage has room for each kind of address.
        unsafe { (&raw mut raw.storage).cast::<T>().write(address) };
        raw.length = length as libc::socklen_t;
        raw
    }
}

/// An address, taken apart.
pub enum Address {
    V4(SocketAddrV4),
    V6(SocketAddrV6),
    Unix(Vec<u8>),
    None,
    Other(i32),
}

const PATH_OFFSET: usize = std::mem::offset_of!(libc::sockaddr_un, sun_path);

impl Address {
    pub fn from_raw(raw: &Raw) -> Address {
        if raw.length == 0 {
            return Address::None;
        }
        match raw.storage.ss_family as i32 {
            libc::AF_INET => {
                // SAFETY: the family says which structure it is.
                let address = unsafe { &*raw.pointer().cast::<libc::sockaddr_in>() };
                let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
                Address::V4(SocketAddrV4::new(ip, u16::from_be(address.sin_port)))
            }
            libc::AF_INET6 => {
                // SAFETY: as above.
                let address = unsafe { &*raw.pointer().cast::<libc::sockaddr_in6>() };
                Address::V6(SocketAddrV6::new(
                    Ipv6Addr::from(address.sin6_addr.s6_addr),
                    u16::from_be(address.sin6_port),
                    u32::from_be(address.sin6_flowinfo),
                    address.sin6_scope_id,
                ))
            }
            libc::AF_UNIX => {
                // SAFETY: as above.
                let address = unsafe { &*raw.pointer().cast::<libc::sockaddr_un>() };
                let length = (raw.length as usize).saturating_sub(PATH_OFFSET);
                let bytes = address.sun_path[..length].iter().map(|byte| *byte as u8);
                let mut path: Vec<u8> = bytes.collect();
                // Names in the abstract namespace begin with a zero.
                if path.first().is_some_and(|first| *first != 0)
                    && let Some(end) = path.iter().position(|byte| *byte == 0)
                {
                    path.truncate(end);
                }
                Address::Unix(path)
            }
            family => Address::Other(family),
        }
    }

    /// The form of `accept()`, `getsockname()` …
    pub fn to_value(&self) -> Value {
        match self {
            Address::V4(address) => Tuple::new([
                Str::new(&address.ip().to_string()).into_value(),
                Value::int(address.port() as i64),
            ])
            .into_value(),
            Address::V6(address) => {
                let mut host = address.ip().to_string();
                if address.scope_id() != 0 {
                    let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
                    // SAFETY: the buffer has the length that is asked for.
                    let shown = unsafe {
                        match libc::if_indextoname(address.scope_id(), name.as_mut_ptr()).is_null()
                        {
                            true => address.scope_id().to_string(),
                            false => c_string(name.as_ptr()).to_string(),
                        }
                    };
                    host = format!("{host}%{shown}");
                }
                Tuple::new([
                    Str::new(&host).into_value(),
                    Value::int(address.port() as i64),
                    Value::int(address.flowinfo() as i64),
                    Value::int(address.scope_id() as i64),
                ])
                .into_value()
            }
            Address::Unix(path) => match path.first() {
                Some(0) => Bytes::from_slice(path).into_value(),
                _ => decode_filesystem(path).into_value(),
            },
            Address::None => Value::none(),
            Address::Other(family) => Tuple::new([
                Value::int(*family as i64),
                Bytes::from_slice(&[]).into_value(),
            ])
            .into_value(),
        }
    }

    fn to_raw(&self) -> Raw {
        match self {
            Address::V4(address) => {
                // SAFETY: plain numbers.
                let mut raw: libc::sockaddr_in = unsafe { std::mem::zeroed() };
                raw.sin_family = libc::AF_INET as libc::sa_family_t;
                raw.sin_port = address.port().to_be();
                raw.sin_addr.s_addr = u32::from(*address.ip()).to_be();
                // SAFETY: an address.
                unsafe { Raw::of(raw, size_of::<libc::sockaddr_in>()) }
            }
            Address::V6(address) => {
                // SAFETY: plain numbers.
                let mut raw: libc::sockaddr_in6 = unsafe { std::mem::zeroed() };
                raw.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                raw.sin6_port = address.port().to_be();
                raw.sin6_addr.s6_addr = address.ip().octets();
                raw.sin6_flowinfo = address.flowinfo().to_be();
                raw.sin6_scope_id = address.scope_id();
                // SAFETY: an address.
                unsafe { Raw::of(raw, size_of::<libc::sockaddr_in6>()) }
            }
            Address::Unix(path) => {
                // SAFETY: plain numbers.
                let mut raw: libc::sockaddr_un = unsafe { std::mem::zeroed() };
                raw.sun_family = libc::AF_UNIX as libc::sa_family_t;
                for (to, from) in raw.sun_path.iter_mut().zip(path) {
                    *to = *from as libc::c_char;
                }
                // Paths end with a zero; names in the abstract namespace are as long as they are.
                let end = usize::from(path.first() != Some(&0));
                // SAFETY: an address.
                unsafe { Raw::of(raw, PATH_OFFSET + path.len() + end) }
            }
            Address::None | Address::Other(_) => Raw::room(),
        }
    }
}

/// The first address of a host.
pub fn resolve(host: &str, family: i32) -> PyResult<Address> {
    match host {
        "" => Ok(match family {
            libc::AF_INET6 => Address::V6(SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, 0)),
            _ => Address::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0)),
        }),
        "255.255.255.255" | "<broadcast>" if family == libc::AF_INET => {
            Ok(Address::V4(SocketAddrV4::new(Ipv4Addr::BROADCAST, 0)))
        }
        _ => {
            if family == libc::AF_INET
                && let Ok(ip) = host.parse()
            {
                return Ok(Address::V4(SocketAddrV4::new(ip, 0)));
            }
            names::first_address(host, family)
        }
    }
}

fn port(value: &Value, function: &str) -> PyResult<u16> {
    u16::try_from(abstract_ops::to_i64(value)?)
        .map_err(|_| overflow_error(format!("{function}(): port must be 0-65535.")))
}

/// The address that a program gave for a socket of this family.
pub fn parse(value: &Value, family: i32, function: &str) -> PyResult<Raw> {
    let address = match family {
        libc::AF_INET => {
            let parts = tuple(value, "AF_INET", function)?;
            let [host, port] = parts else {
                return Err(type_error("AF_INET address must be a pair (host, port)"));
            };
            let host = names::host(host)?;
            let found = resolve(&host, libc::AF_INET)?;
            let port = self::port(port, function)?;
            match found {
                Address::V4(found) => Address::V4(SocketAddrV4::new(*found.ip(), port)),
                _ => return Err(exceptions::os_error(libc::EAFNOSUPPORT, None)),
            }
        }
        libc::AF_INET6 => {
            let parts = tuple(value, "AF_INET6", function)?;
            let (host, port, rest) = match parts {
                [host, port, rest @ ..] if rest.len() <= 2 => (host, port, rest),
                _ => {
                    return Err(type_error(
                        "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])",
                    ));
                }
            };
            let host = names::host(host)?;
            let found = resolve(&host, libc::AF_INET6)?;
            let port = self::port(port, function)?;
            let number = |index: usize| rest.get(index).map_or(Ok(0), abstract_ops::to_i64);
            let (flow, scope) = (number(0)?, number(1)?);
            if !(0..=0xFFFFF).contains(&flow) {
                return Err(overflow_error(format!(
                    "{function}(): flowinfo must be 0-1048575."
                )));
            }
            match found {
                Address::V6(found) => {
                    let scope = match rest.len() {
                        2 => scope as u32,
                        _ => found.scope_id(),
                    };
                    Address::V6(SocketAddrV6::new(*found.ip(), port, flow as u32, scope))
                }
                _ => return Err(exceptions::os_error(libc::EAFNOSUPPORT, None)),
            }
        }
        libc::AF_UNIX => {
            let path = match value.downcast::<Str>() {
                Some(text) => encode_filesystem(text)?,
                None => buffer::bytes_like(value)?.to_vec(),
            };
            let room = size_of::<libc::sockaddr_un>() - PATH_OFFSET;
            let too_long = match path.first() {
                Some(0) => path.len() > room,
                _ => path.len() >= room,
            };
            if too_long {
                return Err(raise_new(
                    exceptions::OS_ERROR.get(),
                    "AF_UNIX path too long",
                ));
            }
            Address::Unix(path)
        }
        _ => {
            return Err(raise_new(
                exceptions::OS_ERROR.get(),
                format!("{function}(): bad family"),
            ));
        }
    };
    Ok(address.to_raw())
}

fn tuple<'a>(value: &'a Value, family: &str, function: &str) -> PyResult<&'a [Value]> {
    match value.downcast::<Tuple>() {
        Some(parts) => Ok(parts.as_slice()),
        None => Err(type_error(format!(
            "{function}(): {family} address must be tuple, not {}",
            value.class().name()
        ))),
    }
}
