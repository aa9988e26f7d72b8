"""Golden files are safetensors, written by hand: 8 bytes of header length, a JSON header, the tensors' bytes.

A file holds several cases; the tensors of case k are named "k.<name>". Reals are float32, integers int32.
"""
import json
import struct
import sys

import numpy as np

if sys.byteorder != "little":
    raise SystemExit("golden files are little-endian; this machine is not")


class GoldenFile:
    def __init__(self):
        self.tensors = {}
        self.metadata = {}
        self.cases = 0

    def case(self, label, **tensors):
        """Adds a case; None is left out. Metadata of the case are strings, tensors everything else."""
        prefix = f"{self.cases}."
        self.metadata[prefix + "label"] = label
        for name, value in tensors.items():
            if value is None:
                continue
            if isinstance(value, str):
                self.metadata[prefix + name] = value
            else:
                self.tensors[prefix + name] = array_of(value)
        self.cases += 1

    def write(self, path):
        self.metadata["cases"] = str(self.cases)
        header, at = {"__metadata__": self.metadata}, 0
        for name, value in self.tensors.items():
            dtype = "F32" if value.dtype == np.float32 else "I32"
            header[name] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
            at += value.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-(8 + len(text)) % 64)
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for value in self.tensors.values():
                file.write(value.tobytes())


def array_of(value):
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    value = np.atleast_1d(np.asarray(value))
    if value.dtype.kind == "f":
        value = value.astype(np.float32)
    elif value.dtype.kind in "iub":
        value = value.astype(np.int32)
    return np.ascontiguousarray(value)
