"""The classifier architecture of models/classifier.c, written in PyTorch from its description, in double precision."""
import torch

from seq2seq_reference import recurrent_parameters, run_recurrent, torch_recurrent


def classifier_shapes(c, vocabulary, labels):
    yield "embedding.weight", (vocabulary, c["embedding"])
    yield from recurrent_parameters(c["cell"], f"encoder.{c['cell']}", c["embedding"], c["hidden"], c["layers"],
                                    c["bidirectional"])
    yield "output.weight", (labels, c["hidden"] * (2 if c["bidirectional"] else 1))
    yield "output.bias", (labels,)


def classifier_logits(c, p, source, lengths):
    """source [B, T]; logits [B, labels]."""
    module = torch_recurrent(c["cell"], p, f"encoder.{c['cell']}", c["embedding"], c["hidden"], c["layers"],
                             c["bidirectional"])
    y, last = run_recurrent(module, p["embedding.weight"][source], lengths)
    if c["pooling"] == "mean":
        summary = y.sum(dim=1) / torch.tensor(lengths, dtype=torch.float64)[:, None]
    else:
        h = last[0] if c["cell"] == "lstm" else last
        summary = torch.cat(list(h[-2:] if c["bidirectional"] else h[-1:]), dim=1)
    return summary @ p["output.weight"].T + p["output.bias"]
