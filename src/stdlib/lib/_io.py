"""Streams: in Python for now, on `posix`. The classes and errors are those of CPython's `_io`."""

import posix as _posix
import errno as _errno
from _taipan_streams import BytesMemory as _BytesMemory, Lines as _Lines, TextMemory as _TextMemory

DEFAULT_BUFFER_SIZE = 128 * 1024
BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


UnsupportedOperation.__module__ = "io"


def text_encoding(encoding, stacklevel=2, /):
    return "locale" if encoding is None else encoding


class _IOBase:
    _closed = False
    # Another stream, which closes this one, stands on it: when both end at once, as garbage may, it goes first.
    _held = False

    def _unsupported(self, name):
        raise UnsupportedOperation(name)

    def seek(self, offset, whence=0, /):
        self._unsupported("seek")

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None, /):
        self._unsupported("truncate")

    def flush(self):
        self._checkClosed()

    def close(self):
        if not self._closed:
            try:
                self.flush()
            finally:
                self._closed = True

    @property
    def closed(self):
        return self._closed

    def seekable(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def _checkClosed(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def _checkReadable(self):
        if not self.readable():
            raise UnsupportedOperation("not readable")

    def _checkWritable(self):
        if not self.writable():
            raise UnsupportedOperation("not writable")

    def _checkSeekable(self):
        if not self.seekable():
            raise UnsupportedOperation("File or stream is not seekable.")

    def fileno(self):
        self._unsupported("fileno")

    def isatty(self):
        self._checkClosed()
        return False

    def __enter__(self):
        self._checkClosed()
        return self

    def __exit__(self, *exc):
        self.close()

    def __del__(self):
        if self._held:
            return
        try:
            self.close()
        except Exception:
            pass

    def __iter__(self):
        self._checkClosed()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readline(self, size=-1, /):
        out = bytearray()
        while size is None or size < 0 or len(out) < size:
            byte = self.read(1)
            if not byte:
                break
            out += byte
            if byte == b"\n":
                break
        return bytes(out)

    def readlines(self, hint=-1, /):
        lines, count = [], 0
        for line in self:
            lines.append(line)
            count += len(line)
            if hint is not None and 0 < hint <= count:
                break
        return lines

    def writelines(self, lines, /):
        self._checkClosed()
        for line in lines:
            self.write(line)


class _RawIOBase(_IOBase):
    def read(self, size=-1, /):
        if size is None or size < 0:
            return self.readall()
        data = bytearray(size)
        count = self.readinto(data)
        return None if count is None else bytes(data[:count])

    def readall(self):
        out = bytearray()
        while chunk := self.read(DEFAULT_BUFFER_SIZE):
            out += chunk
        return bytes(out)


class _BufferedIOBase(_IOBase):
    def detach(self):
        self._unsupported("detach")

    def read(self, size=-1, /):
        self._unsupported("read")

    def read1(self, size=-1, /):
        self._unsupported("read1")

    def write(self, data, /):
        self._unsupported("write")

    def readinto(self, buffer, /):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    readinto1 = readinto


class _TextIOBase(_IOBase):
    encoding = None
    newlines = None
    errors = None

    def detach(self):
        self._unsupported("detach")

    def read(self, size=-1, /):
        self._unsupported("read")

    def readline(self, size=-1, /):
        self._unsupported("readline")

    def write(self, text, /):
        self._unsupported("write")


class FileIO(_RawIOBase):
    _fd = -1

    def __init__(self, file, mode="r", closefd=True, opener=None):
        plain = mode.replace("b", "")
        if len(plain.replace("+", "")) != 1 or plain[0] not in "rwax":
            raise ValueError(f"invalid mode: {mode}")
        kind, both = plain.replace("+", ""), "+" in plain
        flags = {"r": 0, "w": _posix.O_CREAT | _posix.O_TRUNC, "a": _posix.O_CREAT | _posix.O_APPEND,
                 "x": _posix.O_CREAT | _posix.O_EXCL}[kind]
        self._readable, self._writable = both or kind == "r", both or kind != "r"
        flags |= _posix.O_RDWR if both else _posix.O_WRONLY if kind != "r" else _posix.O_RDONLY
        self.name, self.closefd = file, closefd
        self.mode = {"r": "rb", "w": "wb", "a": "ab", "x": "xb"}[kind] + ("+" if both else "")
        if both and kind == "w":
            self.mode = "rb+"
        if isinstance(file, int):
            if file < 0:
                raise ValueError("negative file descriptor")
            self._fd = file
        else:
            if not closefd:
                raise ValueError("Cannot use closefd=False with file name")
            self._fd = opener(file, flags) if opener else _posix.open(file, flags, 0o666)
        if (_posix.fstat(self._fd).st_mode & 0o170000) == 0o040000:
            if closefd and not isinstance(file, int):
                _posix.close(self._fd)
            self._fd = -1
            self._closed = True
            raise IsADirectoryError(_errno.EISDIR, _posix.strerror(_errno.EISDIR), file)
        if kind == "a":
            try:
                _posix.lseek(self._fd, 0, 2)
            except OSError:
                pass

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file")

    def readable(self):
        self._check()
        return self._readable

    def writable(self):
        self._check()
        return self._writable

    def seekable(self):
        self._check()
        try:
            _posix.lseek(self._fd, 0, 1)
        except OSError:
            return False
        return True

    def fileno(self):
        self._check()
        return self._fd

    def isatty(self):
        self._check()
        return _posix.isatty(self._fd)

    def read(self, size=-1, /):
        self._check()
        if not self._readable:
            raise UnsupportedOperation("File not open for reading")
        if size is None or size < 0:
            return self.readall()
        return _posix.read(self._fd, size)

    def readinto(self, buffer, /):
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[:len(data)] = data
        return len(data)

    def write(self, data, /):
        self._check()
        if not self._writable:
            raise UnsupportedOperation("File not open for writing")
        return _posix.write(self._fd, data)

    def seek(self, offset, whence=0, /):
        self._check()
        return _posix.lseek(self._fd, offset, whence)

    def truncate(self, size=None, /):
        self._check()
        if size is None:
            size = self.tell()
        _posix.ftruncate(self._fd, size)
        return size

    def close(self):
        if not self._closed:
            self._closed = True
            if self.closefd and self._fd >= 0:
                _posix.close(self._fd)


class _Buffered(_BufferedIOBase):
    """One buffer of bytes read ahead, one of bytes not yet written."""

    raw = None

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if buffer_size <= 0:
            raise ValueError("invalid buffer size")
        self.raw, self._size, self._ahead, self._at, self._out = raw, buffer_size, b"", 0, bytearray()
        if type(raw) is FileIO and type(self) in (BufferedReader, BufferedWriter, BufferedRandom):
            raw._held = True

    name = property(lambda self: self.raw.name)
    mode = property(lambda self: self.raw.mode)
    closed = property(lambda self: self.raw is None or self.raw.closed)

    def _drop_ahead(self):
        left = len(self._ahead) - self._at
        self._ahead, self._at = b"", 0
        if left:
            self.raw.seek(-left, 1)

    def flush(self):
        if self.closed:
            raise ValueError("flush of closed file")
        while self._out:
            count = self.raw.write(self._out)
            del self._out[:count]

    def close(self):
        if not self.closed:
            try:
                self.flush()
            finally:
                self.raw.close()

    def detach(self):
        self.flush()
        raw, self.raw = self.raw, None
        if type(raw) is FileIO:
            raw._held = False
        return raw

    def seekable(self):
        return self.raw.seekable()

    def readable(self):
        return self.raw.readable()

    def writable(self):
        return self.raw.writable()

    def fileno(self):
        return self.raw.fileno()

    def isatty(self):
        return self.raw.isatty()

    def tell(self):
        return self.raw.tell() - (len(self._ahead) - self._at) + len(self._out)

    def seek(self, offset, whence=0, /):
        self._checkClosed()
        self.flush()
        self._drop_ahead()
        return self.raw.seek(offset, whence)

    def truncate(self, size=None, /):
        self.flush()
        return self.raw.truncate(self.tell() if size is None else size)

    def _fill(self):
        if self._out:
            self.flush()
        self._ahead, self._at = self.raw.read(self._size) or b"", 0
        return self._ahead

    def read(self, size=-1, /):
        if self.closed:
            raise ValueError("read of closed file")
        self._checkReadable()
        parts, got = [], 0
        while size is None or size < 0 or got < size:
            if self._at >= len(self._ahead) and not self._fill():
                break
            end = len(self._ahead) if size is None or size < 0 else self._at + size - got
            part = self._ahead[self._at:end]
            self._at += len(part)
            got += len(part)
            parts.append(part)
        return b"".join(parts)

    def read1(self, size=-1, /):
        if self._at >= len(self._ahead):
            self._fill()
        end = len(self._ahead) if size is None or size < 0 else self._at + size
        part = self._ahead[self._at:end]
        self._at += len(part)
        return part

    def peek(self, size=0, /):
        if self._at >= len(self._ahead):
            self._fill()
        return self._ahead[self._at:]

    def readline(self, size=-1, /):
        if self.closed:
            raise ValueError("readline of closed file")
        out = b""
        while size is None or size < 0 or len(out) < size:
            if self._at >= len(self._ahead) and not self._fill():
                break
            end = self._ahead.find(b"\n", self._at) + 1 or len(self._ahead)
            if size is not None and size >= 0:
                end = min(end, self._at + size - len(out))
            out += self._ahead[self._at:end]
            self._at = end
            if out.endswith(b"\n"):
                break
        return out

    def write(self, data, /):
        raw = self.raw
        if type(raw) is FileIO:
            closed, writable = raw._closed, raw._writable
        else:
            closed, writable = self.closed, None
        if closed:
            raise ValueError("write to closed file")
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        if not writable:
            self._checkWritable()
        if self._ahead:
            self._drop_ahead()
        self._out += data
        if len(self._out) >= self._size:
            self.flush()
        return len(data)

    def __repr__(self):
        return f"<_io.{type(self).__name__} name={self.name!r}>"


class BufferedReader(_Buffered):
    def write(self, data, /):
        raise UnsupportedOperation("write")


class BufferedWriter(_Buffered):
    def read(self, size=-1, /):
        raise UnsupportedOperation("read")


class BufferedRandom(_Buffered):
    pass


class BufferedRWPair(_BufferedIOBase):
    """A reader and a writer that do not share a position: sockets, pipes."""

    def __init__(self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /):
        if not reader.readable():
            raise UnsupportedOperation("File or stream is not readable.")
        if not writer.writable():
            raise UnsupportedOperation("File or stream is not writable.")
        self._reader = BufferedReader(reader, buffer_size)
        self._writer = BufferedWriter(writer, buffer_size)

    closed = property(lambda self: self._writer.closed)

    def read(self, size=-1, /):
        return self._reader.read(size)

    def read1(self, size=-1, /):
        return self._reader.read1(size)

    def readinto(self, buffer, /):
        return self._reader.readinto(buffer)

    def readline(self, size=-1, /):
        return self._reader.readline(size)

    def peek(self, size=0, /):
        return self._reader.peek(size)

    def readable(self):
        return self._reader.readable()

    def write(self, data, /):
        return self._writer.write(data)

    def writable(self):
        return self._writer.writable()

    def flush(self):
        return self._writer.flush()

    def close(self):
        try:
            self._writer.close()
        finally:
            self._reader.close()

    def isatty(self):
        return self._writer.isatty() or self._reader.isatty()


class BytesIO(_BytesMemory, _BufferedIOBase):
    """Buffered I/O implementation using an in-memory bytes buffer."""


class IncrementalNewlineDecoder:
    def __init__(self, decoder, translate, errors="strict"):
        self._decoder, self._translate, self._cr, self._seen = decoder, translate, False, set()

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final)
        if self._cr:
            text, self._cr = "\r" + text, False
        if text.endswith("\r") and not final:
            text, self._cr = text[:-1], True
        if "\r" not in text:
            if "\n" in text:
                self._seen.add("\n")
            return text
        rest = text
        for kind in ("\r\n", "\r", "\n"):
            if kind in rest:
                self._seen.add(kind)
                rest = rest.replace(kind, "")
        return text.replace("\r\n", "\n").replace("\r", "\n") if self._translate else text

    def getstate(self):
        data, flag = self._decoder.getstate() if self._decoder else (b"", 0)
        return data, flag << 1 | self._cr

    def setstate(self, state):
        data, flag = state
        self._cr = bool(flag & 1)
        if self._decoder:
            self._decoder.setstate((data, flag >> 1))

    def reset(self):
        self._cr, self._seen = False, set()
        if self._decoder:
            self._decoder.reset()

    @property
    def newlines(self):
        seen = tuple(kind for kind in ("\r", "\n", "\r\n") if kind in self._seen)
        return None if not seen else seen[0] if len(seen) == 1 else seen


def _check_newline(newline):
    if newline is not None and not isinstance(newline, str):
        raise TypeError(f"newline must be str or None, not {type(newline).__name__}")
    if newline not in (None, "", "\n", "\r", "\r\n"):
        raise ValueError(f"illegal newline value: {newline!r}")


def _line_end(text, start, newline):
    """Where the line that starts here ends; 0 if its end is not in the text."""
    if newline != "":
        newline = newline or "\n"
        at = text.find(newline, start)
        return at + len(newline) if at >= 0 else 0
    feed = text.find("\n", start)
    at = text.find("\r", start, feed if feed >= 0 else len(text))
    return feed + 1 if at < 0 or at + 1 == feed else at + 1


class StringIO(_TextMemory, _TextIOBase):
    """Text I/O implementation using an in-memory buffer.

    The initial_value argument sets the value of object.  The newline
    argument is like the one of TextIOWrapper's constructor.
    """


def _locale_encoding():
    """The locale's, which is UTF-8; written as CPython does, whose UTF-8 mode follows from a locale that says nothing."""
    for name in (b"LC_ALL", b"LC_CTYPE", b"LANG"):
        if value := _posix.environ.get(name):
            return "utf-8" if value in (b"C", b"POSIX") else "UTF-8"
    return "utf-8"


# Encodings in which any two texts, encoded each by itself, are together the encoded whole.
_PLAIN = {"utf-8", "utf8", "ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1"}


class TextIOWrapper(_Lines, _TextIOBase):
    """Text on a stream of bytes: one decoded piece read ahead, and encoded text not yet written; never both."""

    _buffer = None
    _CHUNK_SIZE = 8192

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False,
                 write_through=False):
        for name, given in (("encoding", encoding), ("errors", errors)):
            if given is not None and not isinstance(given, str):
                raise TypeError(f"TextIOWrapper() argument {name!r} must be str or None, not {type(given).__name__}")
        _check_newline(newline)
        # Encoded text that the buffer has not got yet, and its size.
        self._pending, self._pending_size = [], 0
        self._can_read, self._can_write = buffer.readable(), buffer.writable()
        self._seekable = self._telling = buffer.seekable()
        self._newline, self.line_buffering, self.write_through = newline, line_buffering, write_through
        self._set_lines(newline)
        self._reader = "read1" if hasattr(buffer, "read1") else "read"
        self._set_encoding(buffer, "locale" if encoding is None else encoding, errors or "strict")
        self._buffer = buffer
        # Where a plain file is at the bottom it is asked directly whether it is closed.
        kinds = BufferedReader, BufferedWriter, BufferedRandom
        self._raw = buffer.raw if type(buffer) in kinds and type(buffer.raw) is FileIO else None
        if self._raw is not None and type(self) is TextIOWrapper:
            buffer._held = True

    @property
    def buffer(self):
        if self._buffer is None:
            raise ValueError("underlying buffer has been detached")
        return self._buffer

    name = property(lambda self: self.buffer.name)
    closed = property(lambda self: self.buffer.closed)

    @property
    def newlines(self):
        self.buffer
        return self._lines.newlines if self._lines else None

    def _check_open(self):
        raw = self._raw
        if self.closed if raw is None else raw._closed:
            raise ValueError("I/O operation on closed file.")

    def _begin_reading(self):
        self._check_open()
        if not self._can_read:
            raise UnsupportedOperation("not readable")
        self._write_pending()
        if self._decoder is None:
            self._decoder, self._lines = self._decoders()

    def _set_encoding(self, buffer, encoding, errors):
        if encoding == "locale":
            encoding = _locale_encoding()
        codec, plain = None, encoding.lower() in _PLAIN
        if not plain:
            from codecs import lookup
            codec = lookup(encoding)
            if not codec._is_text_encoding:
                raise LookupError(f"{encoding!r} is not a text encoding")
        self.encoding, self.errors, self._plain = encoding, errors, plain
        # Other encodings may put a mark before the first text only.
        self._encoder = codec.incrementalencoder(errors) if codec and self._can_write else None
        self._forget()
        if self._encoder and self._seekable:
            self._set_place(buffer.tell())

    def _set_place(self, place):
        """What is written next is at this place: it is the first text only at the start."""
        if self._encoder:
            if place:
                self._encoder.setstate(0)
            else:
                self._encoder.reset()

    def _forget(self):
        """Nothing is read ahead, and decoding begins anew."""
        self._decoder = self._lines = None
        self._set_ahead()

    def _set_ahead(self, text="", piece=None, before=None):
        """The text read ahead, the bytes that it was decoded from, and the decoders' states before that: for `tell`."""
        self._ahead, self._at, self._piece, self._before = text, 0, piece, before

    def _decoders(self):
        from codecs import getincrementaldecoder
        translates = self._newline in (None, "")
        return (getincrementaldecoder(self.encoding)(self.errors),
                IncrementalNewlineDecoder(None, self._newline is None) if translates else None)

    def _states(self):
        return self._decoder.getstate(), self._lines and self._lines.getstate()

    def _decode(self, data, final):
        text = self._decoder.decode(data, final)
        return self._lines.decode(text, final) if self._lines else text

    def _fill(self, wanted=0):
        """Reads a piece ahead when all of the last one is given out; false at the end."""
        if self._ahead:
            wanted = int(wanted * max(1, len(self._piece) / len(self._ahead)))
        piece = getattr(self._buffer, self._reader)(max(wanted, self._CHUNK_SIZE))
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            raise TypeError(f"underlying {self._reader}() should have returned a bytes-like object, "
                            f"not {type(piece).__name__!r}")
        before = self._states() if self._telling else None
        piece = bytes(piece)
        text = self._decode(piece, not piece)
        self._set_ahead(text, piece, before)
        return bool(piece or text)

    def _take(self, end):
        """Gives out the text read ahead up to here."""
        text = self._ahead[self._at:end]
        self._at += len(text)
        return text

    def read(self, size=-1, /):
        self._begin_reading()
        if size is not None and not hasattr(size, "__index__"):
            raise TypeError(f"argument should be integer or None, not {type(size).__name__!r}")
        if size is None or size < 0:
            data = self._buffer.read()
            if data is None:
                raise BlockingIOError("Read returned None.")
            text = self._take(None) + self._decode(data, True)
            self._set_ahead()
            return text
        text = self._take(self._at + size)
        if len(text) == size:
            return text
        parts, left = [text], size - len(text)
        while left and self._fill(left):
            parts.append(self._take(left))
            left -= len(parts[-1])
        return "".join(parts)

    def readline(self, size=-1, /):
        self._check_open()
        at, newline = self._at, self._newline or "\n"
        if size == -1 and self._newline != "":
            found = self._ahead.find(newline, at)
            if found >= 0:
                self._at = end = found + len(newline)
                return self._ahead[at:end]
        self._begin_reading()
        if not hasattr(size, "__index__"):
            raise TypeError(f"{type(size).__name__!r} object cannot be interpreted as an integer")
        parts, left = [], size
        while True:
            # An end of two characters may lie across two pieces.
            across = newline == "\r\n" and parts and parts[-1][-1] == "\r" and self._ahead.startswith("\n", self._at)
            end = self._at + 1 if across else _line_end(self._ahead, self._at, self._newline)
            stop = end or len(self._ahead)
            part = self._take(stop if size < 0 else min(stop, self._at + left))
            if part:
                parts.append(part)
                left -= len(part)
            if end or left == 0 or not self._fill():
                return "".join(parts)

    def write(self, text, /):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._check_open()
        if not self._can_write:
            raise UnsupportedOperation("not writable")
        newline = self._newline
        given = text
        if newline is not None and newline[:1] == "\r":
            text = text.replace("\n", newline)
        encoder = self._encoder
        data = text.encode(self.encoding, self.errors) if encoder is None else encoder.encode(text)
        size = len(data)
        if size >= self._CHUNK_SIZE:
            self._write_pending()
        self._pending.append(data)
        self._pending_size += size
        flush = self.line_buffering and ("\n" in text or "\r" in text)
        if flush or self._pending_size >= self._CHUNK_SIZE or self.write_through:
            self._write_pending()
            if flush:
                self._buffer.flush()
        if self._decoder is not None:
            self._forget()
        return len(given)

    def _write_pending(self):
        if self._pending:
            data = b"".join(self._pending)
            self._pending, self._pending_size = [], 0
            self._buffer.write(data)

    def flush(self):
        self._check_open()
        self._telling = self._seekable
        self._write_pending()
        self._buffer.flush()

    def close(self):
        if not self.closed:
            try:
                self.flush()
            finally:
                self._buffer.close()

    def detach(self):
        self.flush()
        buffer, self._buffer = self._buffer, None
        if self._raw is not None:
            self._raw, buffer._held = None, False
        return buffer

    def tell(self):
        self._check_open()
        if not self._seekable:
            raise UnsupportedOperation("underlying stream is not seekable")
        if not self._telling:
            raise OSError("telling position disabled by next() call")
        self.flush()
        place = self._buffer.tell()
        if self._before is None:
            return place
        if b"\r" not in self._piece and self._plain and self.errors == "strict":
            left = self._ahead[self._at:].encode(self.encoding)
            return place - len(self._decoder.getstate()[0]) - len(left)
        # Decodes again, to see how many bytes the text took that was given out.
        decoder, lines = self._decoders()
        decoder.setstate(self._before[0])
        if lines:
            lines.setstate(self._before[1])
        count = last = taken = 0
        for used in range(1, len(self._piece) + 1):
            if count >= self._at:
                break
            if text := decoder.decode(self._piece[used - 1:used]):
                last, taken = taken, used
                count += len(lines.decode(text) if lines else text)
        # A "\r" comes out only with what follows it, and that is not given out yet.
        beyond = count > self._at or lines and lines.getstate()[1] & 1
        return place - len(self._piece) + (last if beyond else taken)

    def seek(self, offset, whence=0, /):
        self._check_open()
        if not self._seekable:
            raise UnsupportedOperation("underlying stream is not seekable")
        if whence not in (0, 1, 2):
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence and offset:
            raise UnsupportedOperation(f"can't do nonzero {'cur' if whence == 1 else 'end'}-relative seeks")
        if offset < 0:
            raise ValueError(f"negative seek position {offset!r}")
        place = self.tell() if whence == 1 else offset
        self.flush()
        self._forget()
        place = self._buffer.seek(place, 2) if whence == 2 else self._buffer.seek(place)
        self._set_place(place)
        return place

    def truncate(self, size=None, /):
        self.flush()
        return self._buffer.truncate(size)

    def reconfigure(self, *, encoding=None, errors=None, newline=..., line_buffering=None,
                    write_through=None):
        recodes = encoding is not None or errors is not None or newline is not ...
        if self._piece is not None and recodes:
            raise UnsupportedOperation(
                "It is not possible to set the encoding or newline of stream after the first read")
        if newline is not ...:
            _check_newline(newline)
        self.flush()
        if newline is not ...:
            self._newline = newline
            self._set_lines(newline)
        if recodes:
            if encoding is not None:
                errors = errors or "strict"
            self._set_encoding(self._buffer, encoding or self.encoding, errors or self.errors)
        if line_buffering is not None:
            self.line_buffering = bool(line_buffering)
        if write_through is not None:
            self.write_through = bool(write_through)

    def seekable(self):
        return self.buffer.seekable()

    def readable(self):
        return self.buffer.readable()

    def writable(self):
        return self.buffer.writable()

    def fileno(self):
        return self.buffer.fileno()

    def isatty(self):
        return self.buffer.isatty()

    def __repr__(self):
        shown = []
        for attribute in ("name", "mode"):
            try:
                shown.append(f"{attribute}={getattr(self, attribute)!r} ")
            except (AttributeError, ValueError):
                pass
        return f"<_io.TextIOWrapper {''.join(shown)}encoding={self.encoding!r}>"


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if not isinstance(file, int):
        file = _posix.fspath(file)
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    kinds = set(mode)
    if kinds - set("axrwb+t") or len(mode) > len(kinds):
        raise ValueError(f"invalid mode: {mode!r}")
    binary = "b" in kinds
    if binary and "t" in kinds:
        raise ValueError("can't have text and binary mode at once")
    if len(kinds & set("axrw")) != 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if binary:
        for name, given in (("encoding", encoding), ("errors", errors), ("newline", newline)):
            if given is not None:
                what = "an" if name != "newline" else "a"
                raise ValueError(f"binary mode doesn't take {what} {name} argument")
    raw = FileIO(file, mode.replace("t", "").replace("b", ""), closefd, opener)
    if buffering == 0:
        if binary:
            return raw
        raw.close()
        raise ValueError("can't have unbuffered text I/O")
    kind = BufferedRandom if "+" in kinds else BufferedReader if "r" in kinds else BufferedWriter
    stream = kind(raw, buffering if buffering > 1 else DEFAULT_BUFFER_SIZE)
    if binary:
        return stream
    text = TextIOWrapper(stream, encoding, errors, newline, buffering == 1 or raw.isatty())
    text.mode = mode
    return text


def open_code(path):
    return open(path, "rb")
