#!/usr/bin/env python3
"""Quoted search against Bleve's own cjk analyzer and SQLite's FTS5 trigram.

    bench.py LAB PEER CASES.jsonl.zst [--rounds 5] [--pages 250000]

Prints one line a figure: what, ours, peer, ratio, mark. Exits non-zero on a
miss. The sides alternate, round by round; times are those of the search alone,
measured inside each process, medians over the rounds. CPU of indexing is that
of the whole process, children included.
"""
import argparse, json, os, random, resource, sqlite3, statistics, subprocess, sys, tempfile, time, unicodedata

ap = argparse.ArgumentParser()
ap.add_argument('lab'); ap.add_argument('peer'); ap.add_argument('cases')
ap.add_argument('--rounds', type=int, default=5)
ap.add_argument('--pages', type=int, default=250000, help='places of the large index; 0 leaves it out')
args = ap.parse_args()
missed = 0


def row(what, ours, peer, ratio, mark, ok):
    global missed
    missed += not ok
    print(f"{what:<58} {ours:>14} {peer:>14} {ratio:>7} {mark:>9}  {'ok' if ok else 'MISSED'}", flush=True)


def ratio_row(what, ours, peer, unit, mark):
    r = ours / peer
    row(what, f'{ours:.2f} {unit}', f'{peer:.2f} {unit}', f'{r:.2f}', f'<= {mark}', r <= mark)


def run(cmd, **kw):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(cmd, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kw)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def ask(cmd, index, queries):
    """times in ms and the ids found, by query"""
    text = ''.join(json.dumps(q, ensure_ascii=False) + '\n' for q in queries)
    done, _ = run([*cmd, 'query', '--index', index, '--times'], input=text.encode())
    times = {}
    for line in done.stderr.decode().splitlines():
        name, micros, _ = line.split('\t')
        times[name] = int(micros) / 1000
    found = {}
    for line in done.stdout.decode().splitlines():
        name, place, value = line.split('\t')
        found.setdefault(name, []).append((place, value))
    return times, found


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


work = tempfile.TemporaryDirectory(prefix='diaoyue-bench-search-')
path = lambda name: os.path.join(work.name, name)
raw = subprocess.run(['zstdcat', args.cases], check=True, stdout=subprocess.PIPE).stdout.decode()
docs = [json.loads(line) for line in raw.splitlines()]
for d in docs:
    d['record'] = d.pop('parent')
    for key in ('t0', 't1'):
        d[key] = d.get(key, 0) * 1000


def write(name, docs):
    with open(path(name), 'w') as f:
        for d in docs:
            f.write(json.dumps(d, ensure_ascii=False) + '\n')
    return path(name)


source = write('docs.jsonl', docs)
rnd = random.Random(7)


def samples(n, least, most):
    out = []
    while len(out) < n:
        text = rnd.choice(docs)['text']
        k = rnd.randint(least, most)
        at = rnd.randrange(max(1, len(text) - k))
        s = ''.join(c for c in text[at:at + k] if c not in '"“”「」『』\n')
        if sum(unicodedata.category(c)[0] in 'LN' for c in s) >= least:
            out.append(s)
    return out


lab, peer = [args.lab, 'search'], [args.peer]
print(f"{'figure':<58} {'ours':>14} {'peer':>14} {'ratio':>7} {'mark':>9}")

ours, theirs = [], []
for _ in range(args.rounds):
    ours.append(run([*lab, 'index', '--out', path('ours'), source])[1])
    theirs.append(run([*peer, 'index', '--out', path('cjk'), source])[1])
ratio_row('indexing CPU, 24,246 places, against Bleve cjk', statistics.median(ours), statistics.median(theirs), 's', 1.1)

db = sqlite3.connect(path('fts.db'))
db.execute("CREATE VIRTUAL TABLE fts USING fts5(title, text, tokenize='trigram')")
db.executemany('INSERT INTO fts (rowid, title, text) VALUES (?, ?, ?)', ((i, d['title'], d['text']) for i, d in enumerate(docs)))
db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
db.commit()


def fts(s, limit):
    began = time.perf_counter()
    db.execute('SELECT rowid, rank FROM fts WHERE fts MATCH ? ORDER BY rank LIMIT ?', ('"' + s.replace('"', '') + '"', limit)).fetchall()
    return (time.perf_counter() - began) * 1000


short = [{'id': f'q{i}', 'q': f'"{s}"', 'limit': 10} for i, s in enumerate(samples(300, 2, 20))]
ours, theirs = [], []
for _ in range(args.rounds):
    ours.append(percentile(ask(lab, path('ours'), short)[0].values(), .5))
    theirs.append(percentile(ask(peer, path('cjk'), short)[0].values(), .5))
ratio_row('phrase, ten best of 300 queries, p50, against Bleve cjk', statistics.median(ours), statistics.median(theirs), 'ms', .6)

whole = samples(300, 3, 20)  # a trigram needs three
every = [{'id': f'q{i}', 'q': f'"{s}"', 'limit': 0} for i, s in enumerate(whole)]
ours, theirs = [], []
for _ in range(args.rounds):
    ours.append(percentile(ask(lab, path('ours'), every)[0].values(), .95))
    theirs.append(percentile([fts(s, len(docs)) for s in whole], .95))
ratio_row('phrase, all hits of 300 queries, p95, against FTS5 trigram', statistics.median(ours), statistics.median(theirs), 'ms', .7)

# The oracle: a substring of the folded text. It folds by itself: width, case,
# OpenCC's table of characters, and nothing that is neither letter nor number.
simplified = {}
with open(os.path.join(os.path.dirname(__file__), '../../../search/analysis/data/TSCharacters.txt')) as f:
    for line in f:
        a, _, b = line.rstrip('\n').partition('\t')
        simplified[a] = b.split(' ')[0]
plain = lambda c: unicodedata.normalize('NFKC', c) if unicodedata.east_asian_width(c) in 'FHW' else c
fold = lambda s: ''.join(simplified.get(c, c) for c in ''.join(map(plain, s)).lower() if unicodedata.category(c)[0] in 'LN')
titles, texts = [fold(d['title']) for d in docs], [fold(d['text']) for d in docs]
asked = [s for s in samples(2000, 1, 20)]
got = {}
for group in ('', 'record', 'case'):
    got[group] = ask(lab, path('ours'), [{'id': f'q{i}', 'q': f'"{s}"', 'limit': 0, 'group': group} for i, s in enumerate(asked)])[1]
misses = false = counts = places = 0
for i, s in enumerate(asked):
    want = fold(s)
    hits = [n for n in range(len(docs)) if want in titles[n] or want in texts[n]]
    found = {p for p, _ in got[''].get(f'q{i}', [])}
    wanted = {docs[n]['id'] for n in hits}
    places += len(wanted)
    misses += len(wanted - found)
    false += len(found - wanted)
    for group in ('record', 'case'):
        per = {}
        for n in hits:
            per[docs[n][group]] = per.get(docs[n][group], 0) + 1
        counts += {k: str(v) for k, v in per.items()} != dict(got[group].get(f'q{i}', []))
row(f'quoted, 2,000 substrings, {places:,} places: missed', misses, '', '', '0', misses == 0)
row('quoted: found and not there', false, '', '', '0', false == 0)
row('quoted: queries whose counts by record or case differ', counts, '', '', '0', counts == 0)

if args.pages:
    large = []
    for n in range(args.pages):
        d = dict(docs[n % len(docs)])
        turn = n // len(docs)
        for key in ('id', 'record', 'case'):
            d[key] = d[key].replace('AJ-', f'A{turn}-', 1)
        large.append(d)
    run([*lab, 'index', '--out', path('large'), write('large.jsonl', large)])
    del large
    typed = [{'id': f'q{i}', 'q': s, 'limit': 20, 'group': 'answer'} for i, s in enumerate(samples(100, 2, 12))]
    # as the window asks: twenty cases with their records, snippets, facets and exact counts
    p95, memory = [], []
    for _ in range(args.rounds):
        text = ''.join(json.dumps(q, ensure_ascii=False) + '\n' for q in typed)
        done = subprocess.run(['/usr/bin/time', '-f', 'peak\t%M', *lab, 'query', '--index', path('large'), '--times'], input=text.encode(), check=True, capture_output=True)
        lines = [line.split('\t') for line in done.stderr.decode().splitlines()]
        p95.append(percentile([int(l[1]) / 1000 for l in lines if l[0] != 'peak'], .95))
        memory.append(max(int(l[1]) for l in lines if l[0] == 'peak') / 1024)
    row(f'{args.pages:,} places: typed to first results, p95', f'{statistics.median(p95):.0f} ms', '', '', '<= 150 ms', statistics.median(p95) <= 150)
    row(f'{args.pages:,} places: memory of the process', f'{statistics.median(memory):.0f} MB', '', '', '<= 600 MB', statistics.median(memory) <= 600)
sys.exit(1 if missed else 0)
