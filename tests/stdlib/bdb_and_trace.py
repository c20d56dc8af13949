"""The library's debugger base and its tracer, which are made of sys.settrace."""

import bdb, sys, io
class T(bdb.Bdb):
    def user_call(self, frame, args): print('call', frame.f_code.co_name)
    def user_line(self, frame):
        print('line', frame.f_code.co_name, frame.f_lineno); self.set_step()
    def user_return(self, frame, value): print('return', frame.f_code.co_name, value)
    def user_exception(self, frame, e): print('exc', frame.f_code.co_name, e[0].__name__)
def g(x):
    try:
        return 1 // x
    except ZeroDivisionError:
        return -1
T().runcall(g, 1)
T().runcall(g, 0)
class B(bdb.Bdb):
    def user_line(self, frame):
        print('stop at', frame.f_lineno, frame.f_locals.get('i')); self.set_continue()
def h():
    s = 0
    for i in range(3):
        s += i
    return s
b=B()
b.set_break(__file__, h.__code__.co_firstlineno+3)
print(b.runcall(h))
import trace
t=trace.Trace(count=1,trace=0,countfuncs=0)
print(t.runfunc(h)); print(sorted((k[1],v) for k,v in t.results().counts.items() if k[0]==__file__))
t=trace.Trace(count=0,trace=1); t.runfunc(h)
