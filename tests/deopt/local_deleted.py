"""del of locals, unbound locals after hot loops, cells emptied, except-variables that vanish, del in branches."""


def loop(n, at):
    x, total = 1, 0
    for i in range(n):
        if i == at:
            del x
        try:
            total += x
        except UnboundLocalError as error:
            return total, i, str(error)
    return total


def conditional(n, at):
    total = 0
    for i in range(n):
        if i != at:
            y = i
        total += y
        del y
    return total


def rebind(n):
    total = 0
    for i in range(n):
        v = i
        del v
        try:
            v
        except NameError:
            v = 2
        total += v
    return total


def handler(n):
    total = 0
    for i in range(n):
        try:
            if i % 100 == 0:
                raise ValueError(i)
            total += 1
        except ValueError as error:
            total += error.args[0]
        if i == n - 1:
            try:
                error
            except UnboundLocalError as e:
                return total, str(e)


def cell(n, at):
    x = 1

    def read():
        return x

    total = 0
    for i in range(n):
        if i == at:
            del x
        try:
            total += read()
        except NameError as error:
            x = 1000
            total += read()
            message = str(error)
    return total, message


def late(n):
    for i in range(n):
        if i > n - 2:
            z = 5
    return z


def never(n):
    for i in range(n):
        pass
    return i


def delete_loop_variable(n):
    count = 0
    for i in range(n):
        count += i
        del i
    try:
        return i
    except UnboundLocalError as error:
        return count, str(error)


def delete_parameter(a, n):
    for i in range(n):
        if i == n - 1:
            del a
    return a


def comprehension_scope(n):
    x = "outer"
    total = sum(x for x in range(n))
    rows = [x for x in range(n)]
    return x, total, len(rows)


class Watched:
    def __del__(self):
        log.append("freed")


log = []


def lifetime(n):
    for i in range(n):
        w = Watched()
        if i % 2:
            del w
            log.append("after del")
        else:
            w = None
            log.append("after None")
        if len(log) > 8:
            log.clear()
    return log[-4:]


for _ in range(50):
    loop(60, -1), conditional(60, -1)
print(loop(5000, -1), loop(5000, 4000))
print(conditional(5000, -1))
for function, args in [(conditional, (5000, 4000)), (conditional, (5000, 0)), (late, (0,)), (never, (0,)), (delete_parameter, (1, 4000))]:
    try:
        print(function(*args))
    except UnboundLocalError as error:
        print(function.__name__, error, error.__traceback__.tb_next.tb_lineno - function.__code__.co_firstlineno)
print(rebind(4000), handler(4001), cell(5000, 3000), late(4000), never(4000), delete_loop_variable(4000), comprehension_scope(4000), lifetime(3000))


def global_deleted(n):
    global g
    g = 1
    total = 0
    for i in range(n):
        if i == 3000:
            del g
        try:
            total += g
        except NameError as error:
            return total, str(error)


print(global_deleted(4000))


class Body:
    total = 0
    for i in range(4000):
        k = 1
        total += k
        if i == 3999:
            del k
    try:
        k
    except NameError as error:
        message = str(error)


print(Body.total, Body.message, hasattr(Body, "k"))
