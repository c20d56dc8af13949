//! Messages with ancillary data.

use super::address::{Address, Raw};
use super::object::{Socket, Wish};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, overflow_error, type_error};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::list::List;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// How long a piece of ancillary data is with its head.
pub fn control_length(length: i64, padded: bool) -> PyResult<i64> {
    let (name, limit) = match padded {
        true => ("CMSG_SPACE", i32::MAX as i64 - 64),
        false => ("CMSG_LEN", i32::MAX as i64 - 16),
    };
    if !(0..=limit).contains(&length) {
        return Err(overflow_error(format!("{name}() argument out of range")));
    }
    // SAFETY: only counts.
    Ok(unsafe {
        match padded {
            true => libc::CMSG_SPACE(length as u32),
            false => libc::CMSG_LEN(length as u32),
        }
    } as i64)
}

fn blank() -> libc::msghdr {
    // SAFETY: numbers and null pointers.
    unsafe { std::mem::zeroed() }
}

fn vectors(parts: &[(*mut u8, usize)]) -> Vec<libc::iovec> {
    parts
        .iter()
        .map(|(start, length)| libc::iovec {
            iov_base: start.cast(),
            iov_len: *length,
        })
        .collect()
}

/// How much came, and (ancillary data, flags, address).
pub fn receive(
    socket: &Socket,
    parts: &[(*mut u8, usize)],
    control: Vec<u8>,
    flags: i32,
) -> PyResult<(usize, [Value; 3])> {
    // Heads of ancillary data lie at addresses that words may lie at.
    let length = control.len();
    let mut control = vec![0u64; length.div_ceil(8)];
    let mut raw = Raw::room();
    let mut vectors = vectors(parts);
    let mut message = blank();
    // SAFETY: everything that the message points at outlives the call.
    let count = socket.call(Wish::Read, &mut |fd| unsafe {
        message.msg_name = raw.pointer_mut().cast();
        message.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        message.msg_iov = vectors.as_mut_ptr();
        message.msg_iovlen = vectors.len();
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = length;
        libc::recvmsg(fd, &mut message, flags)
    })?;
    let mut found = Vec::new();
    // SAFETY: the system filled the heads in.
    unsafe {
        let mut head = libc::CMSG_FIRSTHDR(&message);
        while let Some(at) = head.as_ref() {
            let data = libc::CMSG_DATA(at);
            let size = at.cmsg_len - (data as usize - head as usize);
            let data = Bytes::from_slice(std::slice::from_raw_parts(data, size));
            found.push(
                Tuple::new([
                    Value::int(at.cmsg_level as i64),
                    Value::int(at.cmsg_type as i64),
                    data.into_value(),
                ])
                .into_value(),
            );
            head = libc::CMSG_NXTHDR(&message, head);
        }
    }
    raw.length = message.msg_namelen;
    let rest = [
        List::make(found).into_value(),
        Value::int(message.msg_flags as i64),
        Address::from_raw(&raw).to_value(),
    ];
    Ok((count as usize, rest))
}

pub fn send(
    socket: &Socket,
    buffers: &Value,
    ancillary: Option<&Value>,
    flags: i32,
    mut to: Option<Raw>,
) -> PyResult<i64> {
    let buffers = abstract_ops::to_vec(buffers)?;
    let buffers: PyResult<Vec<Buffer>> = buffers.iter().map(buffer::bytes_like).collect();
    let buffers = buffers?;
    let parts: Vec<_> = buffers.iter().map(|b| (b.pointer(), b.len())).collect();
    let mut items = Vec::new();
    if let Some(ancillary) = ancillary.filter(|ancillary| !ancillary.is_none()) {
        for item in abstract_ops::to_vec(ancillary)? {
            let fields = abstract_ops::to_vec(&item)?;
            let [level, kind, data] = fields.as_slice() else {
                return Err(type_error(
                    "[sendmsg() ancillary data items] must be 3-tuples",
                ));
            };
            items.push((
                abstract_ops::to_i64(level)? as i32,
                abstract_ops::to_i64(kind)? as i32,
                buffer::bytes_like(data)?,
            ));
        }
    }
    // SAFETY: only counts.
    let length: usize = items
        .iter()
        .map(|(_, _, data)| unsafe { libc::CMSG_SPACE(data.len() as u32) } as usize)
        .sum();
    let mut control = vec![0u64; length.div_ceil(8)];
    let mut vectors = vectors(&parts);
    let mut message = blank();
    message.msg_iov = vectors.as_mut_ptr();
    message.msg_iovlen = vectors.len();
    if let Some(to) = &mut to {
        message.msg_name = to.pointer_mut().cast();
        message.msg_namelen = to.length;
    }
    if length > 0 {
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = length;
        // SAFETY: the room was counted above.
        unsafe {
            let mut head = libc::CMSG_FIRSTHDR(&message);
            for (level, kind, data) in &items {
                (*head).cmsg_level = *level;
                (*head).cmsg_type = *kind;
                (*head).cmsg_len = libc::CMSG_LEN(data.len() as u32) as usize;
                std::ptr::copy_nonoverlapping(data.pointer(), libc::CMSG_DATA(head), data.len());
                head = libc::CMSG_NXTHDR(&message, head);
            }
        }
    }
    // SAFETY: everything that the message points at outlives the call.
    let count = socket.call(Wish::Write, &mut |fd| unsafe {
        libc::sendmsg(fd, &message, flags)
    })?;
    Ok(count as i64)
}
