"""A bank with exceptions: chained, retried, rolled back, finally and else in every order."""


class BankError(Exception):
    """Root of the errors of a bank."""


class InsufficientFunds(BankError):
    def __init__(self, account, needed):
        self.account, self.needed = account, needed
        super().__init__(account.name, needed)

    def __str__(self):
        return f"{self.account.name} has {self.account.balance}, needs {self.needed}"


class Frozen(BankError):
    pass


class Account:
    limit = 0

    def __init__(self, name, balance=0):
        self.name, self.balance, self.frozen = name, balance, False
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(f"bad amount {amount}")
        if self.frozen:
            raise Frozen(self.name)
        self.balance += amount
        self.history.append(amount)

    def withdraw(self, amount):
        if self.balance + self.limit < amount:
            raise InsufficientFunds(self, amount)
        self.balance -= amount
        self.history.append(-amount)


class Credit(Account):
    limit = 100

    def withdraw(self, amount):
        try:
            super().withdraw(amount)
        except InsufficientFunds as error:
            error.add_note(f"credit limit {self.limit}")
            raise
        else:
            if self.balance < 0:
                self.balance -= 1  # a fee


class Transaction:
    def __init__(self, *accounts):
        self.accounts = accounts

    def __enter__(self):
        self.saved = [(a, a.balance, len(a.history)) for a in self.accounts]
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            return False
        for account, balance, length in self.saved:
            account.balance = balance
            del account.history[length:]
        return issubclass(kind, Frozen)


class Bank:
    def __init__(self):
        self.accounts = {}
        self.log = []

    def open(self, kind, name, balance):
        if name in self.accounts:
            raise BankError("exists", name)
        self.accounts[name] = kind(name, balance)

    def __getitem__(self, name):
        try:
            return self.accounts[name]
        except KeyError as error:
            raise BankError(f"no account {name!r}") from error

    def transfer(self, source, target, amount):
        done = False
        try:
            a, b = self[source], self[target]
            with Transaction(a, b):
                a.withdraw(amount)
                b.deposit(amount)
                done = True
        except InsufficientFunds as error:
            self.log.append(str(error))
            raise BankError("transfer failed") from error
        finally:
            self.log.append((source, target, amount, done))
        return done


def chain(error):
    parts = []
    while error is not None:
        notes = getattr(error, "__notes__", [])
        parts.append(f"{type(error).__name__}({', '.join(map(repr, error.args))})" + (f" {notes}" if notes else ""))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return " <- ".join(parts)


bank = Bank()
bank.open(Account, "ada", 100)
bank.open(Credit, "bob", 20)
bank.open(Account, "cy", 0)
for source, target, amount in [
    ("ada", "bob", 50),
    ("ada", "bob", 60),
    ("bob", "cy", 150),
    ("bob", "cy", 200),
    ("cy", "zed", 1),
    ("ada", "cy", -5),
]:
    try:
        print(bank.transfer(source, target, amount))
    except BankError as error:
        print("bank:", chain(error))
    except (ValueError, TypeError) as error:
        print("value:", chain(error))
    print({name: account.balance for name, account in bank.accounts.items()})
bank["cy"].frozen = True
print(bank.transfer("ada", "cy", 10), bank["ada"].balance, bank["ada"].history)
for entry in bank.log:
    print(entry)
try:
    bank.open(Account, "ada", 1)
except BankError as error:
    print(error.args, str(error), repr(error))


def order(action):
    trace = []

    def inner():
        for i in range(3):
            try:
                trace.append(f"try{i}")
                if action == "break" and i == 1:
                    break
                if action == "continue":
                    continue
                if action == "return" and i == 2:
                    return "returned"
                if action == "raise" and i == 1:
                    raise BankError(i)
            except BankError as error:
                trace.append(f"except{error.args[0]}")
            else:
                trace.append("else")
            finally:
                trace.append("finally")
        else:
            trace.append("loop-else")
        return "end"

    return inner(), trace


for action in ["none", "break", "continue", "return", "raise"]:
    print(action, *order(action))

refusals = 0
moved = 0
x = 1
names = list(bank.accounts)
bank["cy"].frozen = False
for _ in range(15000):
    x = (x * 48271) % 2147483647
    try:
        moved += bank.transfer(names[x % 3], names[x // 3 % 3], x % 40 + 1)
    except BankError:
        refusals += 1
print(moved, refusals, {name: account.balance for name, account in bank.accounts.items()})
