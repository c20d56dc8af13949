"""Runs one of CPython's test modules and notes what becomes of each test.

usage: run.py MODULE REPORT [EXCLUDED]

REPORT gets a line per event, `start TEST` and then `pass TEST`, `skip TEST: reason` or `fail TEST: reason`,
so that whoever started this knows the culprit if the process dies. EXCLUDED is a file with the tests not to run.
"""

import sys
import unittest


def one_line(text):
    return " ".join(str(text).split())


class Notes(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report
        self.failed = False

    def note(self, event, test, reason=None):
        line = f"{event} {test.id()}" + (f": {one_line(reason)}" if reason is not None else "")
        print(line, file=self.report, flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.failed = False
        self.note("start", test)

    def addSuccess(self, test):
        if not self.failed:
            self.note("pass", test)

    def addSkip(self, test, reason):
        self.note("skip", test, reason)

    def addExpectedFailure(self, test, err):
        self.note("pass", test)

    def addUnexpectedSuccess(self, test):
        self.note("fail", test, "unexpected success")

    def addFailure(self, test, err):
        self.complain(test, err)

    def addError(self, test, err):
        self.complain(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.complain(test, err, subtest)

    def complain(self, test, err, subtest=None):
        # What is told of is the test, once; the rest is for who reads along.
        print("=" * 70, subtest or test, self._exc_info_to_string(err, test), sep="\n", file=sys.stderr, flush=True)
        if not self.failed:
            reason = str(err[1]).splitlines() or [""]
            self.note("fail", test, f"{err[0].__name__}: {reason[0][:150]}")
        self.failed = True


def tests_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def without(suite, excluded):
    """The suite without some of its tests, still grouped as it was: classes set up and tear down once."""
    kept = []
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            kept.append(without(test, excluded))
        elif test.id() not in excluded:
            kept.append(test)
    return type(suite)(kept)


def main(module, report, excluded=None):
    names = set()
    if excluded is not None:
        with open(excluded, encoding="utf-8") as lines:
            names = {line.rstrip("\n") for line in lines}
    with open(report, "a", encoding="utf-8") as report:
        try:
            suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
        except unittest.SkipTest as reason:
            print(f"skip {module}: {one_line(reason)}", "end", sep="\n", file=report, flush=True)
            return
        result = Notes(report)
        without(suite, names).run(result)
        print("end", file=report, flush=True)


main(*sys.argv[1:])
