"""Runs the notebooks and writes them with outputs, without anything of this machine or this moment.

python execute.py                                    # all, on ../demo or $MICROSEG_WORKSPACE
python execute.py --workspace ../shop --into /tmp/read read_experiment.ipynb
"""

import argparse
import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def arguments():
    parser = argparse.ArgumentParser(description="Runs the notebooks on a workspace.")
    parser.add_argument("notebooks", nargs="*", help="names of notebooks; all if none is given")
    parser.add_argument("--workspace", help="folder of the workspace, in place of MICROSEG_WORKSPACE")
    parser.add_argument("--into", default=HERE, type=Path, help="folder for the results; the notebooks' own")
    return parser.parse_args()


def clean(notebook):
    """Leaves what follows from the sources and the workspace alone."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for place, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{place:02}"
        cell.metadata = nbformat.from_dict({})
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
    return notebook


def run(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(HERE)}},
    )
    client.execute()
    return clean(notebook)


def main():
    given = arguments()
    if given.workspace:
        os.environ["MICROSEG_WORKSPACE"] = str(Path(given.workspace).resolve())
    # A user's own start-up files, styles and kernels must not show in what is committed.
    with tempfile.TemporaryDirectory() as own:
        os.environ["IPYTHONDIR"] = own
        os.environ["JUPYTER_RUNTIME_DIR"] = own
        os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        given.into.mkdir(parents=True, exist_ok=True)
        names = given.notebooks or sorted(path.name for path in HERE.glob("*.ipynb"))
        for name in names:
            nbformat.write(run(HERE / Path(name).name), given.into / Path(name).name)


if __name__ == "__main__":
    main()
