//! Quoted-printable.

use super::hex_digit;

/// Longest line, the soft break included.
const LINE: usize = 76;

#[derive(Clone, Copy)]
pub struct Options {
    /// Code spaces and tabs everywhere.
    pub tabs: bool,
    /// Line ends stay line ends.
    pub text: bool,
    /// A space is an underscore.
    pub header: bool,
}

pub fn decode(text: &[u8], header: bool) -> Vec<u8> {
    let mut data = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte != b'=' {
            data.push(if header && byte == b'_' { b' ' } else { byte });
            continue;
        }
        match text.get(at) {
            None => break,
            // A soft line break, of whatever kind.
            Some(b'\n' | b'\r') => {
                while text.get(at).is_some_and(|&byte| byte != b'\n') {
                    at += 1;
                }
                at += 1;
            }
            Some(b'=') => {
                data.push(b'=');
                at += 1;
            }
            Some(&first) => {
                let pair = text
                    .get(at + 1)
                    .and_then(|&second| Some(hex_digit(first)? << 4 | hex_digit(second)?));
                match pair {
                    Some(byte) => {
                        data.push(byte);
                        at += 2;
                    }
                    None => data.push(b'='),
                }
            }
        }
    }
    data
}

struct Writer {
    out: Vec<u8>,
    column: usize,
    line_end: &'static [u8],
}

impl Writer {
    fn soft_break(&mut self) {
        self.out.push(b'=');
        self.out.extend_from_slice(self.line_end);
        self.column = 0;
    }
    fn code(&mut self, byte: u8) {
        self.out
            .extend_from_slice(format!("={byte:02X}").as_bytes());
    }
}

pub fn encode(data: &[u8], options: Options) -> Vec<u8> {
    // The first line end decides how all of them are written.
    let crlf = match data.iter().position(|&byte| byte == b'\n') {
        Some(at) => at > 0 && data[at - 1] == b'\r',
        None => false,
    };
    let mut writer = Writer {
        out: Vec::with_capacity(data.len() + data.len() / 8),
        column: 0,
        line_end: if crlf { b"\r\n" } else { b"\n" },
    };
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        let next = data.get(at + 1).copied();
        let blank = matches!(byte, b' ' | b'\t');
        let line_end = matches!(byte, b'\r' | b'\n');
        let coded = byte > 126
            || byte == b'='
            || (options.header && byte == b'_')
            // A lone dot in a line would end a mail.
            || (byte == b'.'
                && writer.column == 0
                && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!options.text && line_end)
            || (blank && next.is_none())
            || (byte < 33 && !line_end && (options.tabs || !blank));
        if coded {
            if writer.column + 3 >= LINE {
                writer.soft_break();
            }
            writer.code(byte);
            writer.column += 3;
            at += 1;
            continue;
        }
        if options.text && (byte == b'\n' || (byte == b'\r' && next == Some(b'\n'))) {
            writer.column = 0;
            if let Some(&last @ (b' ' | b'\t')) = writer.out.last() {
                writer.out.pop();
                writer.code(last);
            }
            let line_end = writer.line_end;
            writer.out.extend_from_slice(line_end);
            at += if byte == b'\r' { 2 } else { 1 };
            continue;
        }
        if next.is_some_and(|next| next != b'\n') && writer.column + 1 >= LINE {
            writer.soft_break();
        }
        writer.column += 1;
        writer.out.push(if options.header && byte == b' ' {
            b'_'
        } else {
            byte
        });
        at += 1;
    }
    writer.out
}
