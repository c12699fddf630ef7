#!/usr/bin/env python3
"""mpv on the same work as `diaoyue-lab media bench`:

    mpv_bench.py FILE --op seek|step|back --at 5,900,12 [--steps 8] [--threads 2]

seek goes to the time of each frame of --at; step and back go one by one from
each frame of --at, which is sought first and not counted. The clip must have a
constant frame rate. CPU is that of the mpv process (user and system). `wrong`
counts answers that stood at another frame than the one asked for. One JSON
object is printed, the fields as the lab's.
"""

import argparse
import json
import os
import socket
import subprocess
import tempfile
import time

PATIENCE = 60  # s that one operation may take
TICK = 1000 / os.sysconf("SC_CLK_TCK")  # ms


class Mpv:
    def __init__(self, file, threads, folder):
        path = os.path.join(folder, "mpv")
        self.process = subprocess.Popen(
            ["mpv", "--no-config", "--vo=null", "--ao=null", "--no-audio", "--pause", "--hr-seek=yes",
             f"--vd-lavc-threads={threads}", "--hwdec=no", "--idle=no", "--keep-open=yes", "--really-quiet",
             f"--input-ipc-server={path}", file],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(200):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.socket.settimeout(PATIENCE)
        self.rest, self.number = b"", 0

    def read(self):
        while b"\n" not in self.rest:
            piece = self.socket.recv(65536)
            if not piece:
                raise SystemExit("mpv hung up")
            self.rest += piece
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def send(self, *words):
        self.number += 1
        text = json.dumps({"command": words, "request_id": self.number})
        self.socket.sendall(text.encode() + b"\n")
        return self.number

    def get(self, name):
        number = self.send("get_property", name)
        while True:
            answer = self.read()
            if answer.get("request_id") == number:
                return answer.get("data")

    def shown(self):
        """Waits until the picture asked for is on show."""
        while self.read().get("event") != "playback-restart":
            pass

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    def seek(self, n, rate):
        self.send("seek", f"{max(0, n - 0.25) / rate:.5f}", "absolute+exact")  # mpv shows the first picture not before it
        self.shown()

    def move(self, command):
        """One step: it is done when mpv tells another position."""
        before = self.get("time-pos")
        self.send(command)
        while True:
            event = self.read()
            now = event.get("data") if event.get("name") == "time-pos" else None
            if now is not None and abs(now - before) > 1e-4:
                return


def main():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("--op", choices=["seek", "step", "back"], required=True)
    p.add_argument("--at", required=True)
    p.add_argument("--steps", type=int, default=8)
    p.add_argument("--threads", type=int, default=2)
    args = p.parse_args()
    frames = [int(n) for n in args.at.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        mpv = Mpv(args.file, args.threads, folder)
        try:
            while mpv.get("time-pos") is None:
                time.sleep(0.05)
            time.sleep(0.5)  # what it does on opening is not counted
            rate = mpv.get("container-fps")
            mpv.send("observe_property", 1, "time-pos")
            spent, took, wrong = 0.0, [], 0

            def counted(work, expected):
                nonlocal spent, wrong
                cpu, began = mpv.cpu(), time.perf_counter()
                work()
                took.append((time.perf_counter() - began) * 1e3)
                spent += mpv.cpu() - cpu
                wrong += round(mpv.get("time-pos") * rate) != expected

            for n in frames:
                if args.op == "seek":
                    counted(lambda n=n: mpv.seek(n, rate), n)
                    continue
                mpv.seek(n, rate)
                command, way = ("frame-step", 1) if args.op == "step" else ("frame-back-step", -1)
                for i in range(1, args.steps + 1):
                    counted(lambda: mpv.move(command), n + way * i)
        finally:
            mpv.process.terminate()
            mpv.process.wait()
    took.sort()
    k = len(took)
    print(json.dumps({"op": args.op, "ops": k, "cpu_ms_per_op": round(spent / k, 3), "p50_ms": round(took[(k - 1) // 2], 3),
                      "p95_ms": round(took[int((k - 1) * 0.95)], 3), "wrong": wrong}))


main()
