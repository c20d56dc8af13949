"""Dates of the C library, logging on top of them, and abstract base classes."""

import abc
import collections.abc
import logging
import os
import sys
import time
import typing

os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
time.tzset()
print(time.timezone, time.altzone, time.daylight, time.tzname)
print(time.gmtime(1e9), time.localtime(1e9).tm_zone, time.localtime(1.61e9).tm_gmtoff)
print(time.strftime("%a %d %b %Y é %H:%M:%S %j %p %Z %%", time.gmtime(0)))
print(time.asctime((2020, 1, 2, 3, 4, 5, 6, 7, 0)), time.mktime((2020, 7, 2, 3, 4, 5, 6, 7, -1)))
print(time.strptime("2020-01-02 11", "%Y-%m-%d %H"))
for wrong in ((2020, 13, 2, 3, 4, 5, 6, 7, 0), (2020, 1), 5):
    try:
        time.asctime(wrong)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)

logging.basicConfig(stream=sys.stdout, format="%(levelname)s:%(name)s:%(message)s", level=logging.INFO)
logging.getLogger("a.b").info("seen %d", 5)
logging.getLogger("a").debug("not seen")


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


class Square(Shape):
    def area(self):
        return 1


@Shape.register
class Other:
    pass


try:
    Shape()
except TypeError as error:
    print(error)
print(isinstance(Other(), Shape), issubclass(Square, Shape), isinstance(5, Shape), Shape.__abstractmethods__)


class Map(collections.abc.Mapping):
    def __getitem__(self, key):
        return {"a": 1}[key]

    def __iter__(self):
        return iter("a")

    def __len__(self):
        return 1


match Map():
    case {"a": value}:
        print("mapping", value)


@typing.runtime_checkable
class HasX(typing.Protocol):
    x: int


print(isinstance(Other(), HasX), isinstance(type("X", (), {"x": 1})(), HasX))
print(sorted(entry.name for entry in os.scandir("/") if entry.is_dir() and entry.name in ("usr", "tmp")))
