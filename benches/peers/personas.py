"""Personas found again, seed by seed: microseg beside scikit-learn on the same features."""

import csv
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

program, work, contacts, seeds = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def column(path, key, value):
    with open(path, newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def peer(shop, features):
    """StandardScaler, KMeans with ten starts, and the k from 2 to 10 with the best silhouette."""
    table = pq.read_table(shop / "features/features.parquet", columns=["contact_id", *features])
    values = np.array([table[name].to_numpy(zero_copy_only=False) for name in features], float).T
    medians = np.nanmedian(values, axis=0)
    scaled = StandardScaler().fit_transform(np.where(np.isnan(values), medians, values))
    best = (-2.0, None, None)
    for k in range(2, 11):
        labels = KMeans(k, n_init=10, random_state=0).fit_predict(scaled)
        score = silhouette_score(scaled, labels, sample_size=2000, random_state=0)
        best = max(best, (score, k, labels), key=lambda found: found[0])
    return table["contact_id"].to_pylist(), best[1], best[2]


print("seed  microseg (k)  scikit-learn (k)")
ours, theirs = [], []
for seed in range(1, seeds + 1):
    shop = work / f"personas-{seed}"
    shutil.rmtree(shop, ignore_errors=True)
    subprocess.run(
        [program, "demo", shop, "--contacts", contacts, "--seed", str(seed), "-q"],
        check=True, stdout=subprocess.DEVNULL,
    )
    truth = column(shop / "exports/truth/personas.csv", "contact_id", "persona")
    found = column(shop / "segments/membership.csv", "contact_id", "segment_id")
    proposal = json.loads((shop / "segments/proposal.json").read_text())
    ids = list(found)
    ours.append(adjusted_rand_score([truth[i] for i in ids], [found[i] for i in ids]))
    ids, k, labels = peer(shop, proposal["features"])
    theirs.append(adjusted_rand_score([truth[i] for i in ids], labels))
    print(f"{seed:4}  {ours[-1]:8.4f} ({len(proposal['segments'])})  {theirs[-1]:12.4f} ({k})", flush=True)
    shutil.rmtree(shop)

print(f"median {statistics.median(ours):.4f} (asked: 0.8), scikit-learn {statistics.median(theirs):.4f}")
below = [seed + 1 for seed in range(seeds) if ours[seed] < theirs[seed]]
print("never below scikit-learn" if not below else f"below scikit-learn at seeds {below}")
