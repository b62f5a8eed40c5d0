"""What a committed chapter may hold: the cleaning that makes it so, and the rules that say where it
is not so.

A chapter is committed executed, so that it reads well on the web: outputs stay, but no widget
state, no timings, no path of the machine that ran it. Nothing here runs a cell.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from stored_pictures import as_images

MAX_BYTES = 1_000_000
MAX_LINES = 15
MAX_WORDS = 2_200
NUM_KEY_POINTS = 5
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
WIDGET = "application/vnd.jupyter.widget-view+json"

HEADER = re.compile(
    r"^# \S.*?\*\*Reading\*\* about \d+ min.*?\*\*Class\*\* about \d+ min.*?"
    r"\*\*Run time\*\* (\d+) s on 2 CPU cores",
    re.DOTALL,
)

_PATHS = re.compile(
    r"(?<![\w.:/<])(?:/(?:home|root|tmp|Users|work|usr|opt|mnt|private|var)/[\w.\-]+|[A-Z]:\\\\?Users)"
)
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_BARE_REPR = re.compile(r"^<[\w. ]+ (?:at 0x|size )")


def read(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file."""
    return nbformat.read(path, as_version=4)


def write(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write aside, then rename: an interrupted run leaves the old chapter."""
    nbformat.validate(notebook)
    aside = path.with_suffix(".part")
    aside.write_text(nbformat.writes(notebook, version=4) + "\n", encoding="utf-8")
    aside.replace(path)


def clean(notebook: nbformat.NotebookNode, places: Mapping[str, str]) -> nbformat.NotebookNode:
    """Strip, in place, what differs from run to run or belongs to one machine; return the notebook.

    ``places`` says what a folder of this machine is called for everybody: ``{"/home/ann/locviz":
    "."}``.
    """
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.id = f"cell-{number:03d}"
        if cell.cell_type == "code":
            cell.outputs = _merged_streams(
                [_clean_output(output, places) for output in cell.outputs]
            )
    return notebook


def _clean_output(
    output: nbformat.NotebookNode, places: Mapping[str, str]
) -> nbformat.NotebookNode:
    if output.output_type == "stream":
        output.text = _portable(output.text, places)
    if "data" in output:
        output.metadata = nbformat.from_dict({})
        if WIDGET in output.data and "text/html" in output.data:
            del output.data[WIDGET]
        for kind, content in output.data.items():
            if isinstance(content, str) and (kind.startswith("text/") or "svg" in kind):
                output.data[kind] = _portable(content, places)
        if "text/html" in output.data:
            output.data["text/html"] = as_images(output.data["text/html"])
    return output


def _merged_streams(outputs: list) -> list:
    """One output for each stretch of a stream, with the last of its lines of progress: each may
    have come as an output of its own, so they are cleaned when they are together.
    """
    merged: list = []
    for output in outputs:
        before = merged[-1] if merged else None
        if (
            output.output_type == "stream"
            and before is not None
            and before.get("name") == output.name
        ):
            before.text += output.text
        else:
            merged.append(output)
    for output in merged:
        if output.output_type == "stream":
            output.text = _last_of_progress(output.text)
    return merged


def _last_of_progress(text: str) -> str:
    """What a terminal would still show: a carriage return starts the line anew."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
    return "\n".join(lines)


def _portable(text: str, places: Mapping[str, str]) -> str:
    """Folders under the name they have for everybody, memory addresses the same everywhere."""
    for folder, name in places.items():
        if len(folder) > 1:
            text = text.replace(f"{folder}/", "" if name == "." else f"{name}/").replace(
                folder, name
            )
    return _ADDRESS.sub("0x0", text)


def problems(path: Path) -> list[str]:
    """All broken rules of one chapter file, as sentences. Empty is good."""
    size = path.stat().st_size
    found = [] if size <= MAX_BYTES else [f"the file has {size:,} bytes; {MAX_BYTES:,} are allowed"]
    if not re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name):
        found.append(f"the name {path.name!r} is not NN_topic.ipynb")
    notebook = read(path)
    found += _metadata_problems(notebook)
    found += _header_problems(notebook)
    found += _length_problems(notebook)
    found += _form_problems(notebook)
    counts = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            counts.append(cell.execution_count)
            found += [f"cell {number}: {problem}" for problem in _cell_problems(cell)]
    if counts != list(range(1, len(counts) + 1)):
        found.append(
            "the cells were not all executed once, in order: `python tools/chapters.py run`"
        )
    return found


def _metadata_problems(notebook) -> Iterator[str]:
    if "widgets" in notebook.metadata:
        yield "metadata.widgets holds widget state"
    for number, cell in enumerate(notebook.cells):
        if extra := set(cell.metadata) - {"tags"}:
            yield f"cell {number}: metadata {sorted(extra)} changes from run to run"


def _header_problems(notebook) -> Iterator[str]:
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not HEADER.match(first.source):
        yield "the first cell is no header: a title, then **Reading**, **Class** and **Run time**, as in chapter 01"


def _length_problems(notebook) -> Iterator[str]:
    """What is folded away is read by choice and does not count."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    num_words = sum(len(_FOLDED.sub("", text).split()) for text in texts)
    if num_words > MAX_WORDS:
        yield f"{num_words:,} words of text; {MAX_WORDS:,} are allowed outside fold-outs"


def _form_problems(notebook) -> Iterator[str]:
    """Each chapter promises at its head what it asks for at its end."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    if not _items_after("**Afterwards you can**", texts[:1]):
        yield "the head lacks **Afterwards you can** and a list of verbs"
    if (num := _items_after("## Key points", texts)) != NUM_KEY_POINTS:
        yield f"{num} key points; a chapter ends with {NUM_KEY_POINTS}"
    for part in ("**Bug hunt**", "**Break it**", "**Talk about it**"):
        if (num := sum(text.count(part) for text in texts)) != 1:
            yield f"{part} stands {num} times; a chapter has one"
    if "**Next:**" not in "".join(texts[-1:]):
        yield "the last text does not say what comes **Next:**"


def _items_after(heading: str, texts: list[str]) -> int:
    """How many items the list right under a heading has; 0 where there is none."""
    for text in texts:
        _, found, rest = text.partition(heading + "\n")
        if found:
            paragraph = rest.lstrip("\n").partition("\n\n")[0]
            return len(re.findall(r"^(?:-|\d\.) ", paragraph, re.MULTILINE))
    return 0


def _cell_problems(cell) -> Iterator[str]:
    num_lines = len(cell.source.splitlines())
    if num_lines > MAX_LINES:
        yield f"{num_lines} lines; {MAX_LINES} are allowed: move code into the package"
    if _PATHS.search(cell.source):
        yield f"the source names a path of one machine: {_PATHS.search(cell.source).group()}"
    for output in cell.outputs:
        yield from _output_problems(output)


def _outer_svgs(page: str) -> Iterator[str]:
    """The opening tags of pictures; an ``<svg>`` inside another one is a part of it."""
    depth = 0
    for tag in re.findall(r"<svg\b[^>]*>|</svg>", page):
        if tag != "</svg>" and depth == 0:
            yield tag
        depth += -1 if tag == "</svg>" else 1


def _output_problems(output) -> Iterator[str]:
    if output.output_type == "error":
        yield f"ends with {output.ename}: {output.evalue}"
        return
    data = output.get("data", {})
    if WIDGET in data:
        yield "a widget without a static picture: its class needs text/html in _repr_mimebundle_"
    if data and not str(data.get("text/plain", "")).strip():
        yield "an output without a text alternative"
    if _BARE_REPR.match(str(data.get("text/plain", ""))):
        yield f"the text alternative says nothing: {data['text/plain'][:60]}"
    page = str(data.get("text/html", ""))
    for picture in _outer_svgs(page):
        if not ("role=" in picture and ("aria-label" in picture or "aria-hidden" in picture)):
            yield "an SVG picture without role and aria-label"
    if "The answer is" in _FOLDED.sub("", page):
        yield "a quiz's answer stands open: run the chapter without a recorded guess"
    text = "\n".join([output.get("text", ""), str(data.get("text/plain", "")), page])
    if "Warning:" in text:
        yield (
            "shows a warning: "
            + next(line for line in text.splitlines() if "Warning:" in line)[:120]
        )
    if match := _PATHS.search(text):
        yield f"shows a path of one machine: {match.group()}"
