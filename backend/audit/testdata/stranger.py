#!/usr/bin/env python3
"""A verifier of exported logs, written from docs/formats/log.md alone.

It shares no line with the program: Python's standard library for JSON and
SHA-256, the openssl program for Ed25519 and SM2. Lawful restores (rule 6) are
left out: it calls an export that needs one broken.

usage: stranger.py EXPORT FINGERPRINT [SHEET [COSIGNER]]
"""
import base64, hashlib, json, os, subprocess, sys, tempfile

ED_DER = bytes.fromhex("302a300506032b6570032100")
SM_DER = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def sha(data):
    return hashlib.sha256(data).digest()


def fail(why):
    print("broken:", why)
    sys.exit(1)


def openssl(der, message, signature, *options):
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for name, data in (("key", der), ("msg", message), ("sig", signature)):
            names[name] = os.path.join(folder, name)
            with open(names[name], "wb") as f:
                f.write(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names["key"],
             "-rawin", "-in", names["msg"], "-sigfile", names["sig"], *options],
            capture_output=True).returncode == 0


class Key:
    def __init__(self, word):
        scheme, self.name, rest = word.strip().split("+", 2)
        raw = base64.b64decode(rest)
        if scheme != "diaoyue1" or len(raw) != 97:
            fail("key " + word)
        self.ed, self.sm = raw[:32], raw[32:]
        self.fingerprint = "sha256:" + sha(raw).hex()

    def hash(self, kind, key):
        return sha(self.name.encode() + b"\n" + kind + key)[:4]

    def signed(self, note):
        text, lines = split(note)
        good = set()
        for name, blob in lines:
            if name != self.name:
                continue
            if blob[:4] == self.hash(b"\x01", self.ed):
                good.add("ed" if openssl(ED_DER + self.ed, text, blob[4:]) else fail("Ed25519"))
            if blob[:4] == self.hash(b"\xffdiaoyue sm2\n", self.sm):
                good.add("sm" if openssl(SM_DER + self.sm, text, blob[4:], "-digest", "sm3",
                                         "-pkeyopt", "distid:1234567812345678") else fail("SM2"))
        return good == {"ed", "sm"}

    def cosigned(self, note):
        text, lines = split(note)
        for name, blob in lines:
            if name == self.name and blob[:4] == self.hash(b"\x04", self.ed):
                seconds = int.from_bytes(blob[4:12], "big")
                return openssl(ED_DER + self.ed, b"cosignature/v1\ntime %d\n" % seconds + text, blob[12:])
        return False


def split(note):
    text, signatures = note.encode().split(b"\n\n", 1)
    lines = [line.split(" ") for line in signatures.decode().splitlines()]
    return text + b"\n", [(name, base64.b64decode(blob)) for dash, name, blob in lines if dash == "\u2014"]


def statement(note, archive):
    origin, size, root = split(note)[0].decode().split("\n")[:3]
    if origin != "diaoyue.example/" + archive:
        fail("a checkpoint of another log")
    return int(size), base64.b64decode(root)


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))


def main(export, fingerprint, sheet=None, cosigner=None):
    lines = [json.loads(line) for line in open(export, encoding="utf-8", newline="\n")]
    head = lines[0]["head"]
    archive = head["archive"]
    if head["v"] != 1 or "end" not in lines[-1]:
        fail("cut, or no export")
    keys = [(Key(l["key"]["public"]), l["key"]["since"]) for l in lines if "key" in l]
    roots, signer, told, kept = {}, {}, {}, {}
    for l in lines:
        if "checkpoint" in l:
            c = l["checkpoint"]
            size, root = statement(c["note"], archive)
            by = [k for k, _ in keys if k.signed(c["note"])]
            if size != c["size"] or not by:
                fail("checkpoint over %d" % c["size"])
            roots.setdefault(size, []).append(root)
            signer[size] = by[0]
        if "witness" in l:
            w = l["witness"]
            size, root = statement(w["note"], archive)
            roots.setdefault(size, []).append(root)
            kept[w["seq"]] = (size, sha(w["note"].encode()).hex())
    if sheet:
        note = open(sheet, encoding="utf-8").read()
        size, root = statement(note, archive)
        roots.setdefault(size, []).append(root)
        if cosigner and not Key(open(cosigner).read()).cosigned(note):
            fail("the cosignature")
    leaves, introduced, changes = [], {}, {}
    for l in lines:
        if "entry" not in l:
            continue
        e = l["entry"]
        seq, body = e["seq"], json.loads(e["body"])
        if seq != len(leaves) + 1 or body["seq"] != seq or body["v"] != 1:
            fail("entry %d" % seq)
        if "details" in e:
            if body.get("details") != sha(bytes.fromhex(e["salt"]) + e["details"].encode()).hex():
                fail("details of entry %d" % seq)
        elif "details" in body and not head["withheld"]:
            fail("details of entry %d are gone" % seq)
        leaves.append(sha(b"\x00" + e["body"].encode()))
        codes = body.get("codes", {})
        if body["event"] == "witness":
            told[seq] = (codes["size"], codes["note"])
        if body["event"] in ("key-change", "key-loss"):
            introduced[codes["fingerprint"]] = seq
            changes[codes["fingerprint"]] = body["event"] == "key-change"
    for size, wanted in roots.items():
        if size > len(leaves) or any(root_of(leaves[:size]) != root for root in wanted):
            fail("the root over %d" % size)
    if lines[-1]["end"]["size"] != len(leaves) or told != kept:
        fail("entries or witnesses are gone")
    if any(introduced.get(k.fingerprint) != since for k, since in keys[1:]):
        fail("a key that no entry introduces")
    trusted = {fingerprint}
    for k, since in keys:
        if changes.get(k.fingerprint) and any(s >= since and by.fingerprint in trusted for s, by in signer.items()):
            trusted.add(k.fingerprint)
    last = max(signer, default=0)
    if last < len(leaves) or signer[last].fingerprint not in trusted:
        print("consistent in itself only")
        sys.exit(3)
    print("good: %d entries, root %s" % (len(leaves), root_of(leaves).hex()))


main(*sys.argv[1:])
