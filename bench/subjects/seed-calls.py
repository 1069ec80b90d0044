"""The Python SDK's own operations, with and without it, batch by batch in turns: python3 seed-calls.py FOLDER ROUNDS

Prints, as JSON, microseconds an operation.
"""
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, sys.argv[1])
import diogenesis_sdk  # noqa: E402

rounds = int(sys.argv[2])
BATCH = 500
handle, path = tempfile.mkstemp()
os.write(handle, b'{"some": "settings"}')
os.close(handle)


def read():
    with open(path) as file:
        file.read()


def load():
    import json  # noqa: F401


def batch(call):
    begin = time.perf_counter_ns()
    for _ in range(BATCH):
        call()
    return (time.perf_counter_ns() - begin) / 1000 / BATCH


OPERATIONS = {'open, read, close': read, 'import of what is loaded': load}
report = {name: {'bare': [], 'patched': []} for name in OPERATIONS}
for name, call in OPERATIONS.items():
    batch(call)
for _ in range(rounds):
    for name, call in OPERATIONS.items():
        report[name]['bare'].append(batch(call))
    diogenesis_sdk.activate()
    for name, call in OPERATIONS.items():
        report[name]['patched'].append(batch(call))
    diogenesis_sdk.deactivate()
os.unlink(path)
# Its threads would keep the process.
sys.stdout.write(json.dumps(report))
sys.stdout.flush()
os._exit(0)
