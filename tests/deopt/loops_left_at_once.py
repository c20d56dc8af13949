"""Loops of large code whose body never comes round: native code begins at them all the same."""


def pad(value):
    # Large enough that units end with their loop.
    total = value
    total += value * 3 - 1 if value > 2 else value
    total += value * 5 - 2 if value > 4 else -value
    total += value * 7 - 3 if value > 6 else value
    total += value * 9 - 4 if value > 8 else -value
    return total


def first_pairs(rounds):
    total = 0
    for i in range(rounds):
        text = str(i)
        try:
            for index, letter in enumerate(text):
                total += index + ord(letter)
                total += pad(i) if i % 3 else pad(i + 1) if i % 5 else pad(-i)
                raise ValueError(letter)
        except ValueError as error:
            total += len(str(error))
        total += i * 3 - 1 if i % 4 > 2 else i * 2 - 5 if i % 7 else i
        total += i * 5 - 1 if i % 5 > 2 else i * 3 - 5 if i % 3 else i
        total += i * 7 - 1 if i % 6 > 2 else i * 4 - 5 if i % 2 else i
        total += i * 3 - 2 if i % 7 > 2 else i * 2 - 6 if i % 7 else i
        total += i * 5 - 2 if i % 8 > 2 else i * 3 - 6 if i % 3 else i
        total += i * 7 - 2 if i % 9 > 2 else i * 4 - 6 if i % 2 else i
        total %= 1000003
    return total


def searched(rounds):
    found = 0
    for i in range(rounds):
        while True:
            try:
                for key, value in {"a": i, "b": i + 1}.items():
                    found += value if key == "a" else 2 * value
                    found += i * 3 - 1 if i % 4 > 2 else i * 2 - 5 if i % 7 else i
                    found += i * 5 - 1 if i % 5 > 2 else i * 3 - 5 if i % 3 else i
                    break
                for left, right in zip([i], [i + 2]):
                    found += left * right
                    found += i * 7 - 1 if i % 6 > 2 else i * 4 - 5 if i % 2 else i
                    found += i * 9 - 1 if i % 8 > 2 else i * 6 - 5 if i % 5 else i
                    raise KeyError(left)
            except KeyError as error:
                found += error.args[0]
                break
        found %= 1000003
    return found


print(first_pairs(1500), searched(1500))
