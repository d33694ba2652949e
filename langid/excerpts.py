"""What a model sees of many texts: windows of the long ones, made ready, a line for each.

The same as `eurosift.langid.normalise` gives of one text, but over a whole batch. Bytes that are no
UTF-8 count as U+FFFD.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Bools, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers, read_only, string_buffers
from eurosift.filters.kernel import kernel
from eurosift.filters.unicode import character_classes
from eurosift.langid.letters import Letters, letters
from eurosift.langid.normalise import WINDOW, WINDOWS, normalise, sample
from eurosift.langid.normalise_kernel import UNDONE, join_points, normalise_points
from eurosift.langid.points import Spans, longest, sample_points


@kernel
def grow(out: UInt8s, used: int, needed: int) -> UInt8s:
    """`out` itself if it has room for `needed` bytes after `used`, else a larger copy."""
    if used + needed <= out.size:
        return out
    larger = np.empty(max(2 * out.size, used + needed), np.uint8)
    larger[:used] = out[:used]
    return larger


@kernel
def write_lines(
    data: UInt8s,
    begins: Int64s,
    ends: Int64s,
    window: int,
    windows: int,
    classes: UInt8s,
    letters: Letters,
    normalised: bool,  # noqa: FBT001 - kernels are called by position
) -> tuple[UInt8s, Int64s, Bools]:
    """Lines of all rows: UTF-8, where each begins, and which are left to the definition."""
    n_rows = begins.size
    points = np.empty(longest(begins, ends) + windows, np.int32)
    out = np.empty(1 << 16, np.uint8)
    offsets = np.zeros(n_rows + 1, np.int64)
    undone = np.zeros(n_rows, np.bool_)
    for row in range(n_rows):
        used = offsets[row]
        n = sample_points(data, begins[row], ends[row], window, windows, classes, points)
        out = grow(out, used, 4 * n)
        if normalised:
            end = normalise_points(points, n, letters, out, used)
            undone[row] = end == UNDONE
        else:
            end = join_points(points, n, classes, out, used)
        offsets[row + 1] = max(used, end)
    return out[: offsets[n_rows]], offsets, undone


def excerpts(
    rows: Spans, window: int = WINDOW, windows: int = WINDOWS, *, normalised: bool = True
) -> StringBuffers:
    """Line for the model of each row; null where nothing is left.

    Parameters
    ----------
    rows
        Texts of any length.
    window, windows
        Characters per window, and number of windows; see `eurosift.langid.normalise.sample`.
    normalised
        Whether the model was trained on normalised text; otherwise the text is put on one line and
        is as it was.
    """
    out, offsets, undone = write_lines(
        *rows, window, windows, character_classes(), letters(), normalised
    )
    lines = read_only(out, offsets, np.diff(offsets) > 0)
    return _define(rows, undone, lines, window, windows) if undone.any() else lines


def _define(
    rows: Spans, undone: Bools, lines: StringBuffers, window: int, windows: int
) -> StringBuffers:
    """Lines with those that were left undone, by the definition."""
    left = rows.where(undone)
    texts = [
        rows.data[begin:end].tobytes().decode("utf-8", "replace")
        for begin, end in zip(left.begins, left.ends, strict=True)
    ]
    defined = [normalise(sample(text, window, windows)).encode() for text in texts]
    buffers = [None, pa.py_buffer(lines.offsets), pa.py_buffer(lines.data)]
    done = pa.Array.from_buffers(pa.large_binary(), len(undone), buffers)
    every = pc.replace_with_mask(done, pa.array(undone), pa.array(defined, pa.large_binary()))
    whole = string_buffers(every.view(pa.large_string()))
    return whole._replace(valid=np.diff(whole.offsets) > 0)
