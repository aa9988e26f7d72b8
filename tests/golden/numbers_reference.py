"""Models that read or give numbers (models/mlp.c, models/regression.c, and models/classifier.c of numbers), written in
PyTorch from their descriptions, in double precision."""
import torch
import torch.nn.functional as F

from regression_reference import products
from seq2seq_reference import recurrent_parameters, run_recurrent, torch_recurrent
from transformer_reference import normalise

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu, "gelu": F.gelu}
LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "binary_cross_entropy": F.binary_cross_entropy_with_logits}


def mlp_shapes(c, width, size):
    for i, hidden in enumerate(c["hidden"]):
        yield f"hidden.{i}.weight", (hidden, width)
        for part in ("weight", "bias", "running_mean", "running_var") if c.get("batch_norm") else ():
            yield f"hidden.{i}.norm.{part}", (hidden,)
        if not c.get("batch_norm"):
            yield f"hidden.{i}.bias", (hidden,)
        width = hidden
    yield "output.weight", (size, width)
    yield "output.bias", (size,)


def mlp_outputs(c, p, values, training=None):
    """values [B, T, C]; outputs [B, size]."""
    x = values.reshape(len(values), -1)
    for i in range(len(c["hidden"])):
        x = F.linear(x, p[f"hidden.{i}.weight"], p.get(f"hidden.{i}.bias"))
        if c.get("batch_norm"):
            real = torch.ones(len(x), 1, dtype=torch.bool)
            x = normalise({"norm_kind": "batch"}, p, f"hidden.{i}.norm", x[:, None], real, training)[:, 0]
        x = ACTIVATIONS[c["activation"]](x)
    return F.linear(x, p["output.weight"], p["output.bias"])


def regression_features(c, values):
    """values [B, T, C]; their products up to a degree [B, features]."""
    x = values.reshape(len(values), -1)
    return torch.stack([x[:, list(which)].prod(dim=1) for which in products(x.shape[1], c["degree"])], dim=1)


def regression_outputs(c, p, values):
    return F.linear(regression_features(c, values), p["output.weight"], p["output.bias"])


def recurrent_shapes(c, channels, size):
    yield from recurrent_parameters(c["cell"], f"encoder.{c['cell']}", channels, c["hidden"], 1, False)
    yield "output.weight", (size, c["hidden"])
    yield "output.bias", (size,)


def recurrent_outputs(c, p, values, lengths):
    """values [B, T, C]; outputs [B, size], or [B, T, size] with pooling "none"."""
    module = torch_recurrent(c["cell"], p, f"encoder.{c['cell']}", values.shape[2], c["hidden"], 1, False)
    y, last = run_recurrent(module, values, lengths)
    h = (last[0] if c["cell"] == "lstm" else last)[-1]
    return F.linear(y if c["pooling"] == "none" else h, p["output.weight"], p["output.bias"])
