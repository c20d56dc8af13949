"""Streams: in Python for now, on `posix`. The classes and errors are those of CPython's `_io`."""

import posix as _posix
import errno as _errno

DEFAULT_BUFFER_SIZE = 128 * 1024
BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


UnsupportedOperation.__module__ = "io"


def text_encoding(encoding, stacklevel=2, /):
    return "locale" if encoding is None else encoding


class _IOBase:
    _closed = False

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
        if self.closed:
            raise ValueError("write to closed file")
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
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


class BytesIO(_BufferedIOBase):
    def __init__(self, initial_bytes=b""):
        self._data, self._at = bytearray(initial_bytes or b""), 0

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file.")

    def readable(self):
        self._check()
        return True

    writable = seekable = readable

    def getvalue(self):
        self._check()
        return bytes(self._data)

    def getbuffer(self):
        self._check()
        return memoryview(self._data)

    def read(self, size=-1, /):
        self._check()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = bytes(self._data[self._at:end])
        self._at += len(part)
        return part

    read1 = read

    def readline(self, size=-1, /):
        self._check()
        end = self._data.find(b"\n", self._at) + 1 or len(self._data)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        return self.read(max(end - self._at, 0))

    def write(self, data, /):
        self._check()
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        data = bytes(data)
        if self._at > len(self._data):
            self._data += bytes(self._at - len(self._data))
        self._data[self._at:self._at + len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset, whence=0, /):
        self._check()
        if whence == 0 and offset < 0:
            raise ValueError(f"negative seek value {offset}")
        self._at = max(offset + (0, self._at, len(self._data))[whence], 0)
        return self._at

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None, /):
        self._check()
        size = self._at if size is None else size
        del self._data[size:]
        return size


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
    for at in range(start, len(text)):
        if text[at] == "\n":
            return at + 1
        if text[at] == "\r":
            return at + 2 if text[at + 1:at + 2] == "\n" else at + 1
    return 0


class StringIO(_TextIOBase):
    def __init__(self, initial_value="", newline="\n"):
        _check_newline(newline)
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._newline, self._parts, self._text, self._at = newline, [], "", 0
        if initial_value:
            self.write(initial_value)
            self._at = 0

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file")

    def _join(self):
        self._check()
        if self._parts:
            self._text += "".join(self._parts)
            self._parts = []
        return self._text

    def readable(self):
        self._check()
        return True

    writable = seekable = readable
    line_buffering = False

    def getvalue(self):
        return self._join()

    def write(self, text, /):
        self._check()
        if not isinstance(text, str):
            raise TypeError(f"string argument expected, got {type(text).__name__!r}")
        count = len(text)
        if self._newline is None:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        elif self._newline in ("\r", "\r\n"):
            text = text.replace("\n", self._newline)
        if self._at == -1:
            self._parts.append(text)
            return count
        old = self._text
        if self._at >= len(old):
            self._parts.append("\0" * (self._at - len(old)) + text)
            self._at = -1
        else:
            self._text = old[:self._at] + text + old[self._at + len(text):]
            self._at += len(text)
        return count

    def _place(self):
        text = self._join()
        if self._at == -1:
            self._at = len(text)
        return text

    def read(self, size=-1, /):
        text = self._place()
        end = len(text) if size is None or size < 0 else self._at + size
        part = text[self._at:end]
        self._at += len(part)
        return part

    def readline(self, size=-1, /):
        text = self._place()
        end = _line_end(text, self._at, self._newline) or len(text)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        part = text[self._at:end]
        self._at += len(part)
        return part

    def tell(self):
        self._place()
        return self._at

    def seek(self, offset, whence=0, /):
        text = self._place()
        if whence == 0 and offset < 0:
            raise ValueError(f"Negative seek position {offset}")
        if whence and offset:
            raise OSError("Can't do nonzero cur-relative seeks")
        self._at = (offset, self._at, len(text))[whence]
        return self._at

    def truncate(self, size=None, /):
        text = self._place()
        size = self._at if size is None else size
        self._text = text[:size]
        return size


def _locale_encoding():
    """The locale's, which is UTF-8; written as CPython does, whose UTF-8 mode follows from a locale that says nothing."""
    for name in (b"LC_ALL", b"LC_CTYPE", b"LANG"):
        if value := _posix.environ.get(name):
            return "utf-8" if value in (b"C", b"POSIX") else "UTF-8"
    return "utf-8"


# How many bytes text is decoded from at once.
_PIECE = 1 << 16


class TextIOWrapper(_TextIOBase):
    buffer = None

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False,
                 write_through=False):
        _check_newline(newline)
        self.buffer = buffer
        self.encoding = _locale_encoding() if encoding in (None, "locale") else encoding
        self.errors = errors or "strict"
        self._newline, self.line_buffering, self.write_through = newline, line_buffering, write_through
        self._forget()

    name = property(lambda self: self.buffer.name)
    closed = property(lambda self: self.buffer is None or self.buffer.closed)

    @property
    def newlines(self):
        return self._lines.newlines if self._lines else None

    def _forget(self):
        """Nothing is read ahead."""
        self._ahead, self._at, self._decoder, self._lines = "", 0, None, None
        # The bytes that `_ahead` was decoded from, and the decoders' states before that.
        self._piece, self._before = b"", None

    def _decoders(self):
        from codecs import getincrementaldecoder
        translates = self._newline in (None, "")
        return (getincrementaldecoder(self.encoding)(self.errors),
                IncrementalNewlineDecoder(None, self._newline is None) if translates else None)

    def _states(self):
        return self._decoder.getstate(), self._lines and self._lines.getstate()

    def _decode(self, data, final):
        if self._decoder is None:
            self._decoder, self._lines = self._decoders()
        if self._at == len(self._ahead):
            self._ahead, self._at, self._piece, self._before = "", 0, b"", self._states()
        self._piece += data
        text = self._decoder.decode(data, final)
        return self._lines.decode(text, final) if self._lines else text

    def _fill(self):
        """Reads a piece more; false at the end."""
        buffer = self.buffer
        data = buffer.read1(_PIECE) if hasattr(buffer, "read1") else buffer.read(_PIECE)
        if data is None:
            data = b""
        # First the text: decoding may begin `_ahead` anew.
        text = self._decode(data, not data)
        self._ahead += text
        return bool(data)

    def read(self, size=-1, /):
        self._checkClosed()
        self._checkReadable()
        if size is None or size < 0:
            data = self.buffer.read() or b""
            left, self._at = self._ahead[self._at:], len(self._ahead)
            text = left + self._decode(data, True)
            self._ahead, self._at, self._piece, self._before = "", 0, b"", self._states()
            return text
        while len(self._ahead) - self._at < size and self._fill():
            pass
        part = self._ahead[self._at:self._at + size]
        self._at += len(part)
        return part

    def readline(self, size=-1, /):
        at = self._at
        if size == -1 and self._newline in (None, "\n") and self.buffer is not None and not self.buffer.closed:
            end = self._ahead.find("\n", at) + 1
            if end:
                self._at = end
                return self._ahead[at:end]
        self._checkClosed()
        self._checkReadable()
        searched = at
        while True:
            end = _line_end(self._ahead, searched, self._newline)
            if end:
                break
            # An end of two characters may lie across two pieces.
            left = len(self._ahead) - self._at
            if not self._fill():
                end = len(self._ahead)
                break
            searched = self._at + max(left - 1, 0)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        line = self._ahead[self._at:end]
        self._at = end
        return line

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def write(self, text, /):
        self._checkClosed()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        ends = "\n" in text
        count = len(text)
        if ends and self._newline in ("\r", "\r\n"):
            text = text.replace("\n", self._newline)
        self._checkWritable()
        if self._ahead:
            self._forget()
        self.buffer.write(text.encode(self.encoding, self.errors))
        if self.line_buffering and ends or self.write_through:
            self.buffer.flush()
        return count

    def flush(self):
        self._checkClosed()
        self.buffer.flush()

    def close(self):
        if not self.closed:
            self.buffer.close()

    def detach(self):
        self.flush()
        buffer, self.buffer = self.buffer, None
        return buffer

    def tell(self):
        self._checkClosed()
        place = self.buffer.tell()
        if self._decoder is None:
            return place
        if b"\r" not in self._piece and self.encoding.lower() in ("utf-8", "ascii", "latin-1"):
            left = self._ahead[self._at:].encode(self.encoding, self.errors)
            return place - len(self._decoder.getstate()[0]) - len(left)
        # Decodes again, to see how many bytes the text took that was given out.
        decoder, lines = self._decoders()
        decoder.setstate(self._before[0])
        if lines:
            lines.setstate(self._before[1])
        start = place - len(self._piece) - len(self._before[0][0])
        count = used = 0
        while count < self._at:
            text = decoder.decode(self._piece[used:used + 1])
            used += 1
            count += len(lines.decode(text) if lines else text)
        return start + len(self._before[0][0]) + used

    def seek(self, offset, whence=0, /):
        if whence and offset:
            raise UnsupportedOperation("can't do nonzero cur-relative seeks" if whence == 1
                                       else "can't do nonzero end-relative seeks")
        place = self.tell() if whence == 1 else offset
        self._forget()
        return self.buffer.seek(place, 0 if whence == 1 else whence)

    def truncate(self, size=None, /):
        self.flush()
        return self.buffer.truncate(self.tell() if size is None else size)

    def reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None,
                    write_through=None):
        self.flush()
        self.encoding = encoding or self.encoding
        self.errors = errors or self.errors
        if newline is not None:
            self._newline = newline
        if line_buffering is not None:
            self.line_buffering = line_buffering

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
        mode = f" mode={self.mode!r}" if hasattr(self, "mode") else ""
        return f"<_io.TextIOWrapper name={self.name!r}{mode} encoding={self.encoding!r}>"


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
