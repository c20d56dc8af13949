"""`zoneinfo.ZoneInfo`: the library's class in Python, which shows itself as the native one does."""

from zoneinfo._zoneinfo import ZoneInfo


def _repr(self):
    kind = type(self)
    name = "zoneinfo.ZoneInfo" if kind is ZoneInfo else kind.__name__
    if self.key is not None:
        return f"{name}(key={self.key!r})"
    return f"{name}.from_file({self._file_repr})"


ZoneInfo.__module__ = "zoneinfo"
ZoneInfo.__repr__ = _repr
