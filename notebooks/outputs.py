"""The files that microseg wrote into a workspace. Nothing is computed here."""

import json
import os
from pathlib import Path

import polars as pl

# As in `src/ingest/money.rs`: amounts are kept in the smallest unit, which is a hundredth of most currencies.
NO_DECIMALS = set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
THREE_DECIMALS = set("BHD IQD JOD KWD LYD OMR TND".split())


class Workspace:
    """The workspace of `MICROSEG_WORKSPACE`, or the demo's."""

    def __init__(self):
        self.root = Path(os.environ.get("MICROSEG_WORKSPACE", "../demo"))

    def json(self, name):
        """A JSON file, and why there is none: one of the two is `None`."""
        path = self.root / name
        if not path.is_file():
            return None, self.missing(name)
        return json.loads(path.read_text(encoding="utf-8")), None

    def table(self, name, columns=None):
        """A Parquet file with one row a contact, and why there is none. Of `columns`, those it has."""
        path = self.root / name
        if not path.is_file():
            return None, self.missing(name)
        wanted = [c for c in columns if c in pl.read_parquet_schema(path)] if columns else None
        return pl.read_parquet(path, columns=wanted), None

    def csv(self, name):
        """A CSV file, and why there is none."""
        path = self.root / name
        return (pl.read_csv(path), None) if path.is_file() else (None, self.missing(name))

    def names(self, folder):
        """The names of a folder's JSON files, without the manifest."""
        files = sorted((self.root / folder).glob("*.json"))
        return [file.stem for file in files if file.stem != "manifest"]

    def write_ids(self, name, ids):
        """Writes a list of contacts' ids, and nothing else of them, into the workspace's `lists/`."""
        path = self.root / "lists" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        ids.to_frame("contact_id").write_csv(path)
        return path.relative_to(self.root)

    def missing(self, name):
        return (
            f"There is no `{name}` in this workspace. Run `microseg demo` or `microseg run --workspace FOLDER`, "
            "and put the folder into `MICROSEG_WORKSPACE`."
        )


def minor_per_major(currency):
    """How many of the smallest unit make one of the currency."""
    return 1 if currency in NO_DECIMALS else 1000 if currency in THREE_DECIMALS else 100
