"""Lays out a part of Samsung/CredData for TestCredData.

usage: creddata.py CREDDATA.git MIRRORS OUT
CREDDATA.git: a clone of CredData. MIRRORS: a folder of clones, named owner+name/repo.
Every eighth repository with 15 to 200 true labels is taken, in the order of its snapshot.json.
OUT/labels.csv: repository, path, first line, last line, T or F, category. OUT/<repository>/: the labelled files.
"""
import binascii, csv, hashlib, io, json, os, subprocess, sys

data, mirrors, out = sys.argv[1:]


def git(where, *args):
    return subprocess.run(["git", "--git-dir", where, *args], capture_output=True).stdout


chosen = []
for repo, url in sorted(json.loads(git(data, "show", "HEAD:snapshot.json")).items()):
    short = "%08x" % binascii.crc32(binascii.unhexlify(repo))
    rows = list(csv.DictReader(io.StringIO(git(data, "show", f"HEAD:meta/{short}.csv").decode())))
    if 15 <= sum(r["GroundTruth"] == "T" for r in rows) <= 200:
        chosen.append((short, url.removeprefix("https://github.com/"), repo[:40], rows))
labels = []
for short, name, commit, rows in chosen[::8]:
    where = os.path.join(mirrors, name.replace("/", "+"), "repo")
    paths = {hashlib.sha256(p.encode()).hexdigest()[:8]: p for p in git(where, "ls-tree", "-rz", "--name-only", commit).decode().split("\0") if p}
    print(name, commit, "not here" if not paths else "")
    for r in rows:
        path = paths.get(r["FileID"])
        if not path:
            continue
        labels.append([short, path, r["LineStart"], r["LineEnd"], r["GroundTruth"], r["Category"]])
        to = os.path.join(out, short, path)
        if not os.path.exists(to):
            os.makedirs(os.path.dirname(to), exist_ok=True)
            with open(to, "wb") as f:
                f.write(git(where, "show", f"{commit}:{path}"))
with open(os.path.join(out, "labels.csv"), "w", newline="") as f:
    csv.writer(f).writerows(labels)
