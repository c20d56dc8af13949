import importlib, importlib.machinery, importlib.util, sys
m=importlib.import_module('json'); print(m.__name__, m is sys.modules['json'])
print(importlib.import_module('.decoder','json').__name__)
import bisect
print(importlib.reload(bisect) is bisect)
print(importlib.util.find_spec('heapq').name, importlib.util.find_spec('nonexist'))
try: importlib.import_module('nonexist')
except ModuleNotFoundError as e: print(e, e.name)
import os
d=f'/tmp/taipan_test_{os.getpid()}'; os.makedirs(d)
open(d+'/modq.py','w').write('x=5\n')
sys.path.insert(0,d)
print(importlib.import_module('modq').x)
spec=importlib.util.spec_from_file_location('modz',d+'/modq.py'); m=importlib.util.module_from_spec(spec); spec.loader.exec_module(m); print(m.x)
import opcode, dis
print(opcode.opmap['LOAD_CONST'], len(opcode.hasarg), opcode.hasname==[o for o in opcode.opmap.values() if o in opcode.hasname])
import _opcode
print([o for o in range(-2,300) if _opcode.is_valid(o) and o != 212])  # 212: Taipan's own
print(_opcode.get_nb_ops(), _opcode.get_intrinsic1_descs(), _opcode.get_intrinsic2_descs(), _opcode.get_special_method_names())
import _opcode_metadata as om
print(sorted(om.opmap.items())); print(sorted((k, v) for k, v in om._specialized_opmap.items() if v != 212)); print(sorted((k,sorted(x for x in v if om._specialized_opmap[x] != 212)) for k,v in om._specializations.items())); print(om.HAVE_ARGUMENT,om.MIN_INSTRUMENTED_OPCODE)

for op, arg in (("LOAD_CONST", 0), ("FOR_ITER", 0), ("BUILD_LIST", 3), ("CALL", 2), ("SETUP_WITH", 0), ("LOAD_GLOBAL", 1)):
    print(op, [dis.stack_effect(opcode.opmap[op], arg, jump=j) for j in (None, True, False)])
sys.path.remove(d)
os.remove(d + "/modq.py")
if os.path.isdir(d + "/__pycache__"):
    for name in os.listdir(d + "/__pycache__"):
        os.remove(d + "/__pycache__/" + name)
    os.rmdir(d + "/__pycache__")
os.rmdir(d)
