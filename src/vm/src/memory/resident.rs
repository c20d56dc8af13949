//! Pages of the program's file and of its libraries' that are in memory for nothing: what start-up alone needed, and
//! bytecode that has been read. They are read-only, so the system brings them back from the file whenever they are
//! wanted again.
//!
//! The system maps such pages in groups of sixteen; of the several megabytes that start-up touches, a running program
//! wants less than half.

/// Lets go of all read-only pages of the program's file and its libraries'.
pub fn release_program() {
    #[cfg(target_os = "linux")]
    linux::each_read_only_segment(release_pages);
}

/// Lets go of the pages that lie wholly within constant data of the program.
pub fn release_data(data: &'static [u8]) {
    #[cfg(target_os = "linux")]
    release_pages(data.as_ptr() as usize, data.len());
    #[cfg(not(target_os = "linux"))]
    let _ = data;
}

/// Of the addresses in a read-only mapping of a file.
#[cfg(target_os = "linux")]
fn release_pages(start: usize, length: usize) {
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    let first = start.next_multiple_of(page);
    let end = (start + length) / page * page;
    if first < end {
        // SAFETY: nothing was ever written there, so the pages come back as they are in the file. A failure leaves
        // them where they are.
        unsafe { libc::madvise(first as *mut libc::c_void, end - first, libc::MADV_DONTNEED) };
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::CStr;

    /// Calls `each` with address and length of every segment of a file that is mapped without the right to write.
    pub fn each_read_only_segment(mut each: fn(usize, usize)) {
        // SAFETY: the callback gets the `fn` that is passed here, while it lives.
        unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut each).cast()) };
    }

    unsafe extern "C" fn visit(
        object: *mut libc::dl_phdr_info,
        _size: libc::size_t,
        each: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: names and headers of objects stay where they are while they are visited; `each` is the caller's `fn`.
        unsafe {
            let each = *each.cast::<fn(usize, usize)>();
            let object = &*object;
            let name = CStr::from_ptr(object.dlpi_name).to_bytes();
            // The program has no name, a library its path. What else there is comes from no file.
            if !name.is_empty() && !name.contains(&b'/') {
                return 0;
            }
            for i in 0..object.dlpi_phnum as usize {
                let header = &*object.dlpi_phdr.add(i);
                if header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W == 0 {
                    let start = object.dlpi_addr as usize + header.p_vaddr as usize;
                    each(start, header.p_memsz as usize);
                }
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    static CONSTANT: [u8; 1 << 16] = [7; 1 << 16];

    #[test]
    fn pages_come_back() {
        super::release_data(&CONSTANT);
        super::release_program();
        assert!(
            std::hint::black_box(&CONSTANT)
                .iter()
                .all(|byte| *byte == 7)
        );
    }
}
