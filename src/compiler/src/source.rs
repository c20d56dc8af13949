//! Source text: decoding by BOM and coding cookie (PEP 263), newline normalization, and the way
//! from byte offsets to lines and columns.

use crate::ast::Loc;
use crate::error::{Failure, Result, Shown, SyntaxError};

/// Normalized source: UTF-8, lines end in `\n` alone.
pub struct Source {
    pub text: String,
    /// Whether it ended with one, rather than getting one here.
    pub ends_with_newline: bool,
    /// Byte offset of each line's start.
    line_starts: Vec<u32>,
}

impl Source {
    /// Decodes a file's bytes.
    ///
    /// `file` is the name of the file that is read; errors differ where the bytes are an object in memory.
    pub fn from_bytes(bytes: &[u8], file: Option<&str>) -> Result<Source> {
        if bytes.contains(&0) {
            return Err(match file {
                Some(_) => Failure::syntax("source code cannot contain null bytes", Loc::NONE),
                None => null_in_memory(),
            });
        }
        let (had_bom, rest) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let cookie = find_cookie(rest);
        let encoding = match &cookie {
            None => Encoding::Utf8,
            Some((name, line)) => {
                // Only this one spelling agrees with a byte order mark.
                if had_bom && normal_name(name) != "utf-8" {
                    return Err(Failure::syntax(
                        format!("encoding problem: {} with BOM", normal_name(name)),
                        Loc::new(*line, *line, -1, -1),
                    ));
                }
                Encoding::by_name(name)
                    .ok_or_else(|| undecodable(format!("unknown encoding: {name}")))?
            }
        };
        // CPython reads a file on from the end of the line that names the encoding.
        let read = match &cookie {
            Some((_, line)) if file.is_some() => cookie_end(rest, *line),
            _ => 0,
        };
        let text = match encoding {
            Encoding::Utf8 => {
                let declared = match &cookie {
                    None if had_bom => Utf8::Known,
                    None => Utf8::Undeclared,
                    Some((name, _)) if normal_name(name) == "utf-8" => Utf8::Known,
                    Some(_) => Utf8::Codec(read),
                };
                decode_utf8(rest, declared, file)?
            }
            Encoding::Latin1 => rest.iter().map(|byte| *byte as char).collect(),
            Encoding::Latin9 => rest.iter().map(|byte| latin9(*byte)).collect(),
            Encoding::Other(encoding) => {
                let (text, malformed) = encoding.decode_without_bom_handling(rest);
                if malformed {
                    return Err(undecodable(format!(
                        "'{}' codec can't decode the source",
                        encoding.name()
                    )));
                }
                text.into_owned()
            }
            Encoding::Ascii => match rest.iter().position(|byte| !byte.is_ascii()) {
                None => String::from_utf8_lossy(rest).into_owned(),
                Some(position) => {
                    return Err(undecodable(format!(
                        "'ascii' codec can't decode byte 0x{:02x} in position {}: \
                         ordinal not in range(128)",
                        rest[position],
                        position.saturating_sub(read)
                    )));
                }
            },
        };
        Ok(Source::new(&text))
    }

    /// Takes text that was a string already: no cookie is looked for.
    pub fn from_str(text: &str) -> Result<Source> {
        if text.contains('\0') {
            return Err(null_in_memory());
        }
        Ok(Source::new(text))
    }

    fn new(text: &str) -> Source {
        let mut text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_string()
        };
        let ends_with_newline = text.ends_with('\n');
        if !text.is_empty() && !ends_with_newline {
            text.push('\n');
        }
        let line_starts = std::iter::once(0)
            .chain(memchr_newlines(text.as_bytes()))
            .collect();
        Source {
            text,
            ends_with_newline,
            line_starts,
        }
    }

    /// Line (from 1) and byte column of an offset.
    pub fn position(&self, offset: usize) -> (i32, i32) {
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= offset);
        let start = self.line_starts[line - 1] as usize;
        (line as i32, (offset - start) as i32)
    }

    pub fn loc(&self, start: usize, end: usize) -> Loc {
        let (line, col) = self.position(start);
        let (end_line, end_col) = self.position(end);
        Loc {
            line,
            end_line,
            col,
            end_col,
        }
    }

    /// Byte offset of a line's start; lines count from 1.
    pub fn line_start(&self, line: i32) -> Option<usize> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        self.line_starts.get(index).map(|start| *start as usize)
    }

    /// A line with its newline.
    pub fn line(&self, line: i32) -> Option<&str> {
        let start = self.line_start(line)?;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        Some(match rest.find('\n') {
            Some(end) => &rest[..=end],
            None => rest,
        })
    }
}

fn memchr_newlines(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(index, _)| index as u32 + 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Latin9,
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    fn by_name(name: &str) -> Option<Encoding> {
        let name: String = name
            .chars()
            .map(|c| {
                if c == '_' {
                    '-'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        if name == "utf-8" || name.starts_with("utf-8-") {
            return Some(Encoding::Utf8);
        }
        match name.as_str() {
            "utf8" | "u8" | "utf" | "cp65001" => Some(Encoding::Utf8),
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" => Some(Encoding::Ascii),
            "latin-1" | "iso-8859-1" | "iso-latin-1" | "latin1" | "l1" | "8859" | "cp819"
            | "iso8859-1" | "latin" => Some(Encoding::Latin1),
            "iso-8859-15" | "latin-9" | "iso8859-15" | "l9" => Some(Encoding::Latin9),
            _ if name.starts_with("iso-8859-1-")
                || name.starts_with("latin-1-")
                || name.starts_with("iso-latin-1-") =>
            {
                Some(Encoding::Latin1)
            }
            "cp932" | "ms932" | "mskanji" => Some(Encoding::Other(encoding_rs::SHIFT_JIS)),
            "cp936" | "936" | "ms936" => Some(Encoding::Other(encoding_rs::GBK)),
            "cp949" | "949" | "uhc" => Some(Encoding::Other(encoding_rs::EUC_KR)),
            "cp950" | "950" => Some(Encoding::Other(encoding_rs::BIG5)),
            "mac-roman" | "macroman" => Some(Encoding::Other(encoding_rs::MACINTOSH)),
            // These would need another treatment of the bytes, and aren't supersets of ASCII.
            "utf-16" | "utf-16le" | "utf-16be" | "utf-16-le" | "utf-16-be" => None,
            _ => encoding_rs::Encoding::for_label(name.as_bytes()).map(Encoding::Other),
        }
    }
}

/// The coding cookie in the first two lines, with its line; the first must be blank or a comment for
/// the second to count.
fn find_cookie(bytes: &[u8]) -> Option<(String, i32)> {
    let mut rest = bytes;
    for number in 1..=2 {
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let line = &rest[..end];
        let content = line
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        match content {
            Some(start) if line[start] == b'#' => {
                if let Some(name) = cookie_in_comment(&line[start..]) {
                    return Some((name, number));
                }
            }
            Some(_) => return None,
            None => {}
        }
        let skip = if rest[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        rest = rest.get(end + skip..)?;
    }
    None
}

fn cookie_in_comment(comment: &[u8]) -> Option<String> {
    let mut start = 0;
    while let Some(found) = comment[start..]
        .windows(6)
        .position(|window| window == b"coding")
    {
        let after = start + found + 6;
        if matches!(comment.get(after), Some(b':' | b'=')) {
            let name: String = comment[after + 1..]
                .iter()
                .skip_while(|byte| matches!(byte, b' ' | b'\t'))
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
                })
                .map(|byte| *byte as char)
                .collect();
            if !name.is_empty() {
                return Some(name);
            }
        }
        start = after;
    }
    None
}

/// The first letters of these names are what CPython goes by.
fn normal_name(name: &str) -> String {
    let normal: String = name
        .chars()
        .take(12)
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let is = |known: &str| normal == known || normal.starts_with(&format!("{known}-"));
    if is("utf-8") {
        "utf-8".into()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".into()
    } else {
        name.into()
    }
}

/// Where a line ends, before its newline.
fn cookie_end(bytes: &[u8], line: i32) -> usize {
    let mut ends = (0..bytes.len()).filter(|at| bytes[*at] == b'\n');
    ends.nth(line as usize - 1).unwrap_or(bytes.len())
}

/// An encoding that a source declares and that this crate leaves to the codecs of the virtual machine.
pub struct Cookie {
    pub name: String,
    /// Bytes up to the end of the line that declares it, which are ASCII or don't matter.
    pub end: usize,
}

/// The error of a source that a codec does not decode.
pub fn undecoded(message: String, filename: &str) -> SyntaxError {
    crate::report(*undecodable(message), None, filename)
}

/// The encoding to decode by before compiling the text; none where this crate decodes itself, or reports an error
/// of its own.
pub fn cookie(bytes: &[u8]) -> Option<Cookie> {
    if bytes.starts_with(b"\xef\xbb\xbf") || bytes.contains(&0) {
        return None;
    }
    let (name, line) = find_cookie(bytes)?;
    match Encoding::by_name(&name) {
        Some(Encoding::Utf8 | Encoding::Ascii | Encoding::Latin1) => None,
        _ => Some(Cookie {
            end: cookie_end(bytes, line),
            name,
        }),
    }
}

/// How a source says that it is UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Utf8 {
    /// It doesn't.
    Undeclared,
    /// By a byte order mark, or a name that the tokenizer knows.
    Known,
    /// By another name, which a codec stands for; it begins to read at this offset.
    Codec(usize),
}

fn decode_utf8(bytes: &[u8], declared: Utf8, file: Option<&str>) -> Result<String> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_string()),
        Err(error) => error,
    };
    let position = error.valid_up_to();
    let before = &bytes[..position];
    let byte = bytes.get(position).copied().unwrap_or_default();
    let complaint = |at: usize| {
        let reason = match byte {
            _ if error.error_len().is_none() => "unexpected end of data",
            0x80..=0xC1 | 0xF5.. => "invalid start byte",
            _ => "invalid continuation byte",
        };
        let what = match error.error_len().unwrap_or(bytes.len() - position) {
            0 | 1 => format!("byte 0x{byte:02x} in position {at}"),
            len => format!("bytes in position {at}-{}", at + len - 1),
        };
        format!("'utf-8' codec can't decode {what}: {reason}")
    };
    if let Utf8::Codec(start) = declared {
        return Err(undecodable(complaint(position.saturating_sub(start))));
    }
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let mut line = before.iter().filter(|byte| **byte == b'\n').count() as i32 + 1;
    let rest = &bytes[line_start..];
    let line_end = rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len());
    let shown = Shown::Undecoded {
        text: String::from_utf8_lossy(&rest[..line_end]).into_owned(),
        in_file: file.is_some(),
    };
    if declared == Utf8::Known && file.is_some() {
        let message = format!("(unicode error) {}", complaint(position - line_start));
        return Err(Failure::syntax(message, Loc::new(line, line, -1, -1)).showing(shown));
    }
    // CPython looks for a declaration in two lines; where the first rules it out, it reports what it
    // finds in the second with the first one's number.
    let first = before
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let content = first
        .iter()
        .find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c' | b'\r'));
    if file.is_some() && line == 2 && content.is_some_and(|byte| *byte != b'#') {
        line = 1;
    }
    let place = file.map_or_else(String::new, |file| format!(" in file {file}"));
    let message = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}'{place} on line {line}, but no encoding \
         declared; see https://peps.python.org/pep-0263/ for details"
    );
    let col = String::from_utf8_lossy(&before[line_start..])
        .chars()
        .count() as i32;
    Err(Failure::syntax(message, Loc::new(line, line, col, col)).showing(shown))
}

/// What a codec says; CPython knows no place then.
fn undecodable(message: impl Into<String>) -> Box<Failure> {
    Failure::syntax(message, Loc::new(0, 0, -2, -2))
}

fn null_in_memory() -> Box<Failure> {
    let message = "source code string cannot contain null bytes";
    Failure::syntax(message, Loc::NONE).showing(Shown::Nothing)
}

fn latin9(byte: u8) -> char {
    match byte {
        0xA4 => '\u{20AC}',
        0xA6 => '\u{160}',
        0xA8 => '\u{161}',
        0xB4 => '\u{17D}',
        0xB8 => '\u{17E}',
        0xBC => '\u{152}',
        0xBD => '\u{153}',
        0xBE => '\u{178}',
        _ => byte as char,
    }
}
