//! Hosts and services by name.

use super::address::{self, Address, Raw};
use crate::exception::ModuleException;
use std::ffi::{CStr, CString};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, PyResult, Raised, raise_args, raise_new, type_error, value_error,
};
use taipan_vm::object::Ref;
use taipan_vm::objects::buffer;
use taipan_vm::objects::codec::decode_filesystem;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub static GAI_ERROR: ModuleException =
    ModuleException::new("socket", "gaierror", || exceptions::OS_ERROR.get());
pub static H_ERROR: ModuleException =
    ModuleException::new("socket", "herror", || exceptions::OS_ERROR.get());

/// # Safety
/// A C string.
pub unsafe fn c_string(text: *const libc::c_char) -> Ref<Str> {
    // SAFETY: the caller's promise.
    decode_filesystem(unsafe { CStr::from_ptr(text) }.to_bytes())
}

#[cold]
fn gai_error(code: i32) -> Raised {
    if code == libc::EAI_SYSTEM {
        return super::object::last_error();
    }
    // SAFETY: the texts are static.
    let text = unsafe { c_string(libc::gai_strerror(code)) }.into_value();
    match GAI_ERROR.get() {
        Ok(class) => raise_args(class, vec![Value::int(code as i64), text]),
        Err(raised) => raised,
    }
}

/// A host's name: text that is not ASCII is encoded as IDNA wants it.
pub fn host(value: &Value) -> PyResult<String> {
    let bytes = match value.downcast::<Str>() {
        Some(text) if text.is_ascii() => return Ok(text.to_string()),
        Some(text) => {
            let encoded =
                taipan_vm::objects::codec::encode(text, Some(&Str::intern("idna")), None)?;
            buffer::bytes_like(&encoded)?.to_vec()
        }
        None => match buffer::bytes_or_bytearray(value) {
            Some(bytes) => bytes.to_vec(),
            None => {
                return Err(type_error(format!(
                    "str, bytes or bytearray expected, not {}",
                    value.class().name()
                )));
            }
        },
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn c_name(name: &str) -> PyResult<CString> {
    CString::new(name).map_err(|_| value_error("embedded null character"))
}

/// One answer of the resolver.
struct Info {
    family: i32,
    kind: i32,
    protocol: i32,
    canonical: Option<Ref<Str>>,
    address: Address,
}

fn look_up(
    host: Option<&CStr>,
    service: Option<&CStr>,
    [family, kind, protocol, flags]: [i32; 4],
) -> PyResult<Vec<Info>> {
    // SAFETY: plain numbers and null pointers.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family;
    hints.ai_socktype = kind;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    let mut list = std::ptr::null_mut();
    let pointer = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: C strings or null; the list is given back below.
    let code = unsafe { libc::getaddrinfo(pointer(host), pointer(service), &hints, &mut list) };
    if code != 0 {
        return Err(gai_error(code));
    }
    let mut found = Vec::new();
    let mut at = list;
    while !at.is_null() {
        // SAFETY: the entries live until the list is given back.
        unsafe {
            let entry = &*at;
            let mut raw = Raw::room();
            std::ptr::copy_nonoverlapping(
                entry.ai_addr.cast::<u8>(),
                raw.pointer_mut().cast::<u8>(),
                entry.ai_addrlen as usize,
            );
            raw.length = entry.ai_addrlen;
            found.push(Info {
                family: entry.ai_family,
                kind: entry.ai_socktype,
                protocol: entry.ai_protocol,
                canonical: (!entry.ai_canonname.is_null()).then(|| c_string(entry.ai_canonname)),
                address: Address::from_raw(&raw),
            });
            at = entry.ai_next;
        }
    }
    // SAFETY: once.
    unsafe { libc::freeaddrinfo(list) };
    Ok(found)
}

pub fn first_address(host: &str, family: i32) -> PyResult<Address> {
    let found = look_up(Some(&c_name(host)?), None, [family, 0, 0, 0])?;
    match found.into_iter().next() {
        Some(info) => Ok(info.address),
        None => Err(gai_error(libc::EAI_NONAME)),
    }
}

pub fn address_info(host: &Value, port: &Value, hints: [i32; 4]) -> PyResult<Ref<List>> {
    let host = match host.is_none() {
        true => None,
        false if host.downcast::<Str>().is_some() || buffer::bytes_or_bytearray(host).is_some() => {
            Some(c_name(&self::host(host)?)?)
        }
        false => {
            return Err(type_error(
                "getaddrinfo() argument 1 must be string or None",
            ));
        }
    };
    let service = if port.is_none() {
        None
    } else if port.as_int().is_some() {
        Some(c_name(&abstract_ops::str(port)?.to_rust())?)
    } else if let Some(text) = port.downcast::<Str>() {
        Some(c_name(&text.to_rust())?)
    } else if let Some(bytes) = buffer::bytes_or_bytearray(port) {
        Some(c_name(&String::from_utf8_lossy(&bytes))?)
    } else {
        return Err(raise_new(
            exceptions::OS_ERROR.get(),
            "Int or String expected",
        ));
    };
    let found = look_up(host.as_deref(), service.as_deref(), hints)?;
    let rows = found.into_iter().map(|info| {
        let numbers = [info.family, info.kind, info.protocol];
        let [family, kind, protocol] = numbers.map(|number| Value::int(number as i64));
        let canonical = info.canonical.unwrap_or_else(Str::empty).into_value();
        Tuple::new([family, kind, protocol, canonical, info.address.to_value()]).into_value()
    });
    Ok(List::make(rows.collect()))
}

pub fn name_info(sockaddr: &Value, flags: i32) -> PyResult<Ref<Tuple>> {
    let Some(parts) = sockaddr.downcast::<Tuple>() else {
        return Err(type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let (host, port) = match parts.as_slice() {
        [host, port, rest @ ..] if rest.len() <= 2 => (host, port),
        _ => return Err(type_error("getnameinfo(): illegal sockaddr argument")),
    };
    let host_name = c_name(&self::host(host)?)?;
    let service = c_name(&abstract_ops::to_i64(port)?.to_string())?;
    let hints = [libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST];
    let found = look_up(Some(&host_name), Some(&service), hints)?;
    let family = match found.as_slice() {
        [one] => one.family,
        _ => {
            return Err(raise_new(
                exceptions::OS_ERROR.get(),
                "sockaddr resolved to multiple addresses",
            ));
        }
    };
    let raw = address::parse(sockaddr, family, "getnameinfo")?;
    let mut host = [0 as libc::c_char; 1025];
    let mut port = [0 as libc::c_char; 32];
    // SAFETY: the buffers have the lengths that are given; what is filled in ends with a zero.
    unsafe {
        let code = libc::getnameinfo(
            raw.pointer(),
            raw.length,
            host.as_mut_ptr(),
            host.len() as u32,
            port.as_mut_ptr(),
            port.len() as u32,
            flags,
        );
        if code != 0 {
            return Err(gai_error(code));
        }
        Ok(Tuple::new([
            c_string(host.as_ptr()).into_value(),
            c_string(port.as_ptr()).into_value(),
        ]))
    }
}

/// (name, aliases, addresses)
fn host_entry(name: Ref<Str>, found: Vec<Info>) -> Ref<Tuple> {
    let mut addresses: Vec<String> = Vec::new();
    for info in found {
        let address = match info.address {
            Address::V4(address) => address.ip().to_string(),
            Address::V6(address) => address.ip().to_string(),
            _ => continue,
        };
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let addresses = addresses.iter().map(|text| Str::new(text).into_value());
    Tuple::new([
        name.into_value(),
        List::make(Vec::new()).into_value(),
        List::make(addresses.collect()).into_value(),
    ])
}

pub fn host_by_name(host: &str) -> PyResult<Ref<Tuple>> {
    let hints = [libc::AF_INET, libc::SOCK_STREAM, 0, libc::AI_CANONNAME];
    let found = look_up(Some(&c_name(host)?), None, hints)?;
    let name = found.first().and_then(|info| info.canonical.clone());
    Ok(host_entry(name.unwrap_or_else(|| Str::new(host)), found))
}

pub fn host_by_address(host: &str) -> PyResult<Ref<Tuple>> {
    let found = look_up(Some(&c_name(host)?), None, [0, libc::SOCK_STREAM, 0, 0])?;
    let Some(first) = found.first() else {
        return Err(gai_error(libc::EAI_NONAME));
    };
    let names = name_info(&first.address.to_value(), libc::NI_NAMEREQD)?;
    match Ref::<Str>::from_value(names.as_slice()[0].clone()) {
        Ok(name) => Ok(host_entry(name, found)),
        Err(_) => Err(gai_error(libc::EAI_NONAME)),
    }
}
