#!/usr/bin/env python3
"""Compares the media engine with its peers on the same frames of the same clips.

    bench.py [--rounds 5] [--only WORD,WORD] [--markdown FILE]

Every row is measured in ALTERNATING rounds: ours, peer, ours, peer, so that
what else the machine does falls on both. A row shows the medians of CPU time
(user and system, all threads and children) and the median of the ratios taken
round by round. Exit code 1: a mark was missed or a peer gave other frames;
2: something could not be run. Standard library only.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
CLIPS = os.path.join(TOP, "build", "bench", "clips")
LAB = os.path.join(TOP, "build", "bin", "diaoyue-lab")
FFMS = os.path.join(TOP, "build", "bench", "bin", "ffms_bench")
MPV = os.path.join(HERE, "mpv_bench.py")

H264, HEVC, SHORT = "h264_gop250.mp4", "hevc_gop250.mp4", "h264_gop25.mp4"
SEEKS = 30
STEPS = 64
FORWARD = 256  # steps forward are cheap: more of them, and more rounds, against the noise of the machine
# mpv keeps nothing on the way back, so each of its back-steps costs the same
# whether the one before was made: eight spread over the 64 stand for all.
MPV_BACK = 8


def frames(clip):
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries",
                          "stream=nb_read_packets", "-of", "csv=p=0", os.path.join(CLIPS, clip)],
                         capture_output=True, text=True, check=True)
    return int(out.stdout.strip().strip(","))


def spread(count, total):
    """The same frames everywhere: a fixed row of numbers without end."""
    x, out = 1, []
    for _ in range(count):
        x = (x * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        out.append((x >> 33) % total)
    return out


def comma(numbers):
    return ",".join(str(n) for n in numbers)


class Bench:
    def __init__(self, kept):
        self.kept = kept  # folder for verified indexes

    def lab(self, clip, op, *more):
        index = os.path.join(self.kept, clip + ".index")
        if op in ("seek", "step", "back", "linear-proved") and not os.path.exists(index):
            run([LAB, "media", "bench", path(clip), "--op", "step", "--steps", "1", "--index", index, "--json"])
        return run([LAB, "media", "bench", path(clip), "--op", op, "--index", index, "--json", *more])["cpu_ms_per_op"]

    def ffms(self, clip, op, *more):
        return run([FFMS, path(clip), "--op", op, *more])["cpu_ms_per_op"]

    def mpv(self, clip, op, *more):
        answer = run(["python3", MPV, path(clip), "--op", op, *more])
        if answer["wrong"]:
            problem(f"mpv, {op}, {clip}: {answer['wrong']} of {answer['ops']} answers were other frames")
        return answer["cpu_ms_per_op"]

    def ffmpeg(self, clip):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-threads", "2", "-noautorotate", "-i", path(clip), "-map", "0:v:0",
                        "-an", "-sn", "-dn", "-vsync", "passthrough", "-f", "null", "-"], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3

    def memory(self, clip):
        """Largest memory of the sandboxed worker through which a person goes in every manner, in MB."""
        answer = run([LAB, "media", "memory", clip, "--json"])
        return max(answer["viewing_mb"], answer["index_mb"])


def uhd():
    """4K recordings: a made one, which is long enough for every manner, and a portrait one where ../shared holds it."""
    made = os.path.join(CLIPS, "uhd.mp4")
    if not os.path.exists(made):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=30:duration=8", "-c:v",
                        "libx264", "-preset", "ultrafast", "-g", "120", "-bf", "2", "-pix_fmt", "yuv420p", made], check=True)
    shared = os.path.join(TOP, "..", "shared", "data", "media", "exo_portrait_4k60.mp4")
    return [made] + [shared] * os.path.exists(shared)


def path(clip):
    return os.path.join(CLIPS, clip)


def run(command):
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode:
        raise SystemExit2(f"{' '.join(command)}: {out.stderr.strip()}")
    return json.loads(out.stdout)


class SystemExit2(Exception):
    pass


problems = []


def problem(text):
    if text not in problems:
        problems.append(text)


def rows(b):
    """(op, clip, ours, [(peer's name, peer's, highest ratio or None where it is only told)])"""
    for clip in (H264, HEVC, SHORT):
        yield "linear", clip, lambda c=clip: b.lab(c, "linear"), [("ffmpeg", lambda c=clip: b.ffmpeg(c), 1.05)]
    yield "linear, every picture proved", H264, lambda: b.lab(H264, "linear-proved"), [("ffmpeg", lambda: b.ffmpeg(H264), None)]
    for clip, ffms, mpv in ((H264, 0.70, 0.90), (HEVC, 0.70, 0.90), (SHORT, 1.05, 1.05)):
        at = comma(spread(SEEKS, frames(clip)))
        yield f"exact seek, {SEEKS} frames", clip, lambda c=clip, at=at: b.lab(c, "seek", "--at", at), [
            ("FFMS2", lambda c=clip, at=at: b.ffms(c, "seek", "--at", at), ffms),
            ("mpv", lambda c=clip, at=at: b.mpv(c, "seek", "--at", at), mpv)]
    for clip in (H264, HEVC, SHORT):
        start = frames(clip) // 5
        walk = ["--at", str(start), "--steps", str(min(FORWARD, frames(clip) - start - 1))]
        yield f"step forward, {walk[-1]}", clip, lambda c=clip, w=walk: b.lab(c, "step", *w), [
            ("FFMS2", lambda c=clip, w=walk: b.ffms(c, "step", *w), 1.05)]
    for clip in (H264, HEVC):
        end = frames(clip) * 2 // 3
        some = comma(end - i * STEPS // MPV_BACK for i in range(MPV_BACK))
        yield f"step back, {STEPS}", clip, lambda c=clip, end=end: b.lab(c, "back", "--at", str(end), "--steps", str(STEPS)), [
            ("mpv", lambda c=clip, some=some: b.mpv(c, "back", "--at", some, "--steps", "1"), 0.05)]
    for clip in (H264, HEVC, SHORT, "h264_gop250.ts"):
        yield "provisional index", clip, lambda c=clip: b.lab(c, "index"), [("FFMS2", lambda c=clip: b.ffms(c, "index"), 1.0)]
    for clip in (H264, HEVC, SHORT):
        yield "verified index", clip, lambda c=clip: b.lab(c, "verified-index"), [("ffmpeg linear", lambda c=clip: b.ffmpeg(c), 1.15)]


def machine():
    model = platform.machine()
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    commit = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty", "--abbrev=10"], capture_output=True, text=True).stdout.strip()
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split(" ")[2]
    return f"{os.cpu_count()} cores, {model}, FFmpeg {ffmpeg}, load {os.getloadavg()[0]:.1f}, commit {commit or 'unknown'}"


def measure(ours, peers, rounds):
    """The median of ours, and of each peer with the median of the ratios of the rounds."""
    a, b = [], [[] for _ in peers]
    for i in range(rounds):
        sides = [(ours, a)] + list(zip(peers, b))
        for side, out in sides if i % 2 == 0 else reversed(sides):  # who goes first changes too
            out.append(side())
    return statistics.median(a), [(statistics.median(p), statistics.median(x / y for x, y in zip(a, p))) for p in b]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", default="", help="words; a row is measured if one is part of 'op clip peer'")
    p.add_argument("--markdown", default="")
    args = p.parse_args()
    words = [w for w in args.only.split(",") if w]
    head = machine()
    print(f"{head}; median of {args.rounds} alternating rounds, of steps forward three times as many", flush=True)
    lines, missed = ["| what | clip | ours | peer | ratio | mark | |", "|---|---|---:|---:|---:|---:|---|"], 0
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as kept:
        b = Bench(kept)
        for op, clip, ours, peers in rows(b):
            peers = [p for p in peers if not words or any(w in f"{op} {clip} {p[0]}" for w in words)]
            if not peers:
                continue
            x, figures = measure(ours, [p[1] for p in peers], args.rounds * (3 if op.startswith("step forward") else 1))
            for (name, _, mark), (y, ratio) in zip(peers, figures):
                ok = "" if mark is None else "ok" if ratio <= mark else "MISSED"
                missed += ok == "MISSED"
                lines.append(f"| {op} | {clip} | {x:.1f} ms | {name} {y:.1f} ms | {ratio:.3f} | {'' if mark is None else f'≤ {mark:.2f}'} | {ok} |")
                print(lines[-1], flush=True)
        if not words or "memory" in words:
            for clip in uhd():
                peak = b.memory(clip)
                ok = "ok" if peak <= 400 else "MISSED"
                missed += ok == "MISSED"
                lines.append(f"| largest memory of the worker, 4K | {os.path.basename(clip)} | {peak:.0f} MB | | | ≤ 400 MB | {ok} |")
                print(lines[-1], flush=True)
    for text in problems:
        print("PROBLEM:", text, flush=True)
    if args.markdown:
        with open(args.markdown, "w") as f:
            f.write(f"{head}; median of {args.rounds} alternating rounds.\n\n" + "\n".join(lines) + "\n")
    return 1 if missed or problems else 0


try:
    sys.exit(main())
except (SystemExit2, OSError, subprocess.CalledProcessError) as e:
    print("bench:", e, file=sys.stderr)
    sys.exit(2)
