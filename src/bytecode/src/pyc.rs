//! `.pyc` files: a header that tells whether the file still fits its source, then a code object.

use crate::CodeObject;
use crate::marshal::{self, MarshalError};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::Arc;

/// `importlib.util.MAGIC_NUMBER` of CPython 3.14.
pub const MAGIC: [u8; 4] = [43, 14, 13, 10];

/// What the header says of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Modification time and size, each modulo 2**32.
    Timestamp { mtime: u32, size: u32 },
    /// [`source_hash`] of the source; checked against it only if asked to.
    Hash { hash: [u8; 8], check_source: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PycError {
    /// Too short, or not of this version.
    BadMagic,
    Truncated,
    /// Flags that don't exist.
    BadFlags(u32),
    Marshal(MarshalError),
}

/// The file's header and the code behind it.
pub fn read(data: &[u8]) -> Result<(Validation, Arc<CodeObject>), PycError> {
    let (validation, code) = read_header(data)?;
    Ok((
        validation,
        marshal::loads_code(code).map_err(PycError::Marshal)?,
    ))
}

/// The header, and what follows it.
pub fn read_header(data: &[u8]) -> Result<(Validation, &[u8]), PycError> {
    if data.get(..4) != Some(&MAGIC) {
        return Err(PycError::BadMagic);
    }
    let word = |at: usize| -> Result<[u8; 4], PycError> {
        data.get(at..at + 4)
            .and_then(|word| word.try_into().ok())
            .ok_or(PycError::Truncated)
    };
    let flags = u32::from_le_bytes(word(4)?);
    let (first, second) = (word(8)?, word(12)?);
    let validation = match flags {
        0 => Validation::Timestamp {
            mtime: u32::from_le_bytes(first),
            size: u32::from_le_bytes(second),
        },
        1 | 3 => {
            let mut hash = [0; 8];
            hash[..4].copy_from_slice(&first);
            hash[4..].copy_from_slice(&second);
            Validation::Hash {
                hash,
                check_source: flags == 3,
            }
        }
        _ => return Err(PycError::BadFlags(flags)),
    };
    Ok((validation, &data[16..]))
}

pub fn write(validation: Validation, code: &Arc<CodeObject>) -> Vec<u8> {
    let mut data = MAGIC.to_vec();
    match validation {
        Validation::Timestamp { mtime, size } => {
            data.extend(0u32.to_le_bytes());
            data.extend(mtime.to_le_bytes());
            data.extend(size.to_le_bytes());
        }
        Validation::Hash { hash, check_source } => {
            data.extend(if check_source { 3u32 } else { 1 }.to_le_bytes());
            data.extend(hash);
        }
    }
    data.extend(marshal::dumps_code(code));
    data
}

/// `_imp.source_hash`: SipHash-1-3 of the source with the magic number as its key.
pub fn source_hash(source: &[u8]) -> [u8; 8] {
    let key = u64::from(u32::from_le_bytes(MAGIC));
    let mut hasher = SipHasher13::new_with_keys(key, 0);
    hasher.write(source);
    hasher.finish().to_le_bytes()
}
