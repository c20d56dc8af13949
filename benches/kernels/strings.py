"""Building, splitting, scanning and joining strings."""

from measure import measure


def run():
    words = []
    for k in range(800):
        words.append(f"{k:04d}-" + "abcdefgh"[k % 8] * (k % 5))
    text = " ".join(words)
    vowels = digits = 0
    for char in text:
        if char in "aeiou":
            vowels += 1
        elif char.isdigit():
            digits += 1
    out = ""
    for word in text.split():
        if word.endswith("a") or word.startswith("00"):
            out += word[::-1].upper() + ";"
    return vowels, digits, len(out), out.count("A"), text.replace("-", "").find("0799")


measure(run)
