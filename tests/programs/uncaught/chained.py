"""Ends with an exception that has a cause, a context, notes and marks under several kinds of expression."""


class ConfigError(Exception):
    pass


def parse(line):
    key, value = line.split("=")
    return key, int(value)


def load(lines):
    settings = {}
    for number, line in enumerate(lines):
        try:
            key, value = parse(line)
        except ValueError as error:
            error.add_note(f"in line {number}")
            raise ConfigError(f"bad line {line!r}") from error
        settings[key] = value
    return settings


def main():
    total = 0
    for i in range(3000):
        total += load([f"a={i}", "b=2"])["a"]
    print(total)
    try:
        load(["x=1", "y=two"])
    finally:
        {}["in finally" + "!"]


main()
