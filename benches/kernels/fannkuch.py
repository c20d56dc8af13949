"""Small ints and list stores: pancake flips over all permutations of 7."""

from measure import measure


def run(n=7):
    order, count = list(range(n)), list(range(1, n + 1))
    best, r = 0, n
    while True:
        while r > 1:
            count[r - 1] = r
            r -= 1
        stack, flips = order[:], 0
        while stack[0]:
            low, high = 0, stack[0]
            while low < high:
                stack[low], stack[high] = stack[high], stack[low]
                low += 1
                high -= 1
            flips += 1
        if flips > best:
            best = flips
        while True:
            if r == n:
                return best
            first = order[0]
            for i in range(r):
                order[i] = order[i + 1]
            order[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


measure(run)
