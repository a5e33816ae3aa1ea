"""What a measurement tells, and what it leaves behind."""

import os
import signal
import subprocess
import sys

from scripts import run
from scripts.bench import traffic

# A measurement whose only section is a server that would run for ever.
MEASUREMENT = """
import sys, types
from scripts.bench import __main__ as bench, stage

def endless(result):
    with stage.store("sqlite") as store:
        child = store.start("server", [sys.executable, "-c", "import time; time.sleep(600)"])
        print(child.process.pid, store.var, flush=True)
        bench.traffic.press(2, 600, lambda number, until: __import__("time").sleep(0.1))

stage.subprocess = types.SimpleNamespace(run=lambda *_words, **_how: None)
bench.SECTIONS["endless"] = endless
sys.argv = ["bench", "endless"]
sys.exit(bench.main())
"""


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return not state.stdout.startswith("Z")


def test_a_terminated_measurement_stops_its_servers(tmp_path):
    measurement = subprocess.Popen(
        [sys.executable, "-c", MEASUREMENT], cwd=run.ROOT, stdout=subprocess.PIPE, text=True
    )
    words = measurement.stdout.readline().split()
    server, folder = int(words[0]), words[1]
    assert _lives(server)

    measurement.send_signal(signal.SIGTERM)

    # Well before the 600 seconds of the measurement, however busy the machine is.
    assert measurement.wait(timeout=120) == 128 + signal.SIGTERM
    assert not _lives(server)
    assert not os.path.exists(folder)  # noqa: PTH110


def test_the_last_click_is_told_beside_the_whole_purchase():
    tally = traffic.Tally(milliseconds=[float(number) for number in range(1, 101)])

    assert traffic.percentiles([]) == {}
    assert traffic.percentiles([10.0]) == {"p50_ms": 10.0, "p95_ms": 10.0}
    assert traffic.summary(tally, 10) == {
        "per_second": 10.0,
        "p50_ms": 50.5,
        "p95_ms": 96.0,
        "count": 100,
        "errors": 0,
    }
