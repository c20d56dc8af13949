"""Signals: handlers, timers, masks and waiting."""
import signal,time,os
def h(n,f): print('got',signal.Signals(n).name, f is not None)
signal.signal(signal.SIGALRM,h)
print(signal.setitimer(signal.ITIMER_REAL,0.05)==(0.0,0.0)); time.sleep(.1)
signal.alarm(1); print(signal.getitimer(signal.ITIMER_REAL)[0]>0.5); print(signal.alarm(0)); 
try: signal.setitimer(99,1)
except signal.ItimerError as e: print(type(e),e, [c.__name__ for c in signal.ItimerError.__mro__])
print(signal.pthread_sigmask(signal.SIG_BLOCK,[signal.SIGUSR1]))
signal.signal(signal.SIGUSR1,h)
os.kill(os.getpid(),signal.SIGUSR1); print(signal.sigpending()); print(signal.pthread_sigmask(signal.SIG_UNBLOCK,[signal.SIGUSR1]))
signal.pthread_sigmask(signal.SIG_BLOCK,[signal.SIGUSR2]); os.kill(os.getpid(),signal.SIGUSR2); print(signal.sigwait([signal.SIGUSR2]))
print(len(signal.valid_signals()),signal.getsignal(signal.SIGINT) is signal.default_int_handler,signal.strsignal(2))
class T(Exception): pass
def boom(n,f): raise T
signal.signal(signal.SIGALRM,boom); signal.setitimer(signal.ITIMER_REAL,.02,.02)
try:
    while 1: pass
except T: print('T')
signal.setitimer(signal.ITIMER_REAL,0)
for bad in (0,65,-1):
    try: signal.signal(bad,h)
    except Exception as e: print(type(e).__name__,e)
try: signal.signal(signal.SIGKILL,h)
except Exception as e: print(type(e).__name__,e)
try: signal.pthread_sigmask(signal.SIG_BLOCK,[100])
except Exception as e: print(type(e).__name__,e)
