"""The reader of images of models/image_reader.c, in PyTorch and double precision."""
import torch
import torch.nn.functional as F

from seq2seq_reference import begun, decoder_logits, decoder_shapes
from transformer_reference import mask_of, normalise, plain_block, stack_shapes


def cell_size(e):
    return e["size"] if e["type"] == "patches" else e["channels"] << (e["layers"] - 1)


def block_config(e):
    """The Transformer that patches go through."""
    return {"d_model": e["size"], "heads": e["heads"], "ffn": e["ffn"], "layers": e["layers"], "norm": "pre",
            "activation": "gelu"}


def image_shapes(c, vocabulary):
    """(name, shape) of every parameter."""
    e = c["encoder"]
    if e["type"] == "patches":
        yield "encoder.patch.weight", (e["size"], e["patch"] ** 2)
        yield "encoder.patch.bias", (e["size"],)
        yield from stack_shapes(block_config(e), "encoder", e["layers"], False)
    else:
        for layer in range(e["layers"]):
            out = e["channels"] << layer
            yield f"encoder.{layer}.weight", (out, e["kernel"] ** 2 * (out // 2 if layer else 1))
            yield f"encoder.{layer}.bias", (out,)
            for part in ("weight", "bias", "running_mean", "running_var") if e.get("batch_norm") else ():
                yield f"encoder.{layer}.norm.{part}", (out,)
    yield from decoder_shapes(c, cell_size(e), True, vocabulary)


def image_zeros(c):
    """The parameters that a batch norm in training takes no notice of."""
    return [f"encoder.{layer}.bias" for layer in range(c["encoder"]["layers"])]


def places(rows, columns, size):
    """[rows columns, size]: half of it by row, the rest by column."""
    def one(place, width):
        j = torch.arange(width)[None, :]
        angle = place[:, None] / torch.pow(torch.tensor(100.0, dtype=torch.float64), (j - j % 2) / width)
        return torch.where(j % 2 == 0, torch.sin(angle), torch.cos(angle)).float().double()
    at = torch.arange(rows * columns)
    return torch.cat([one(at // columns, size // 2), one(at % columns, size - size // 2)], dim=1)


def window(p, name, size, channels):
    """Our [O, h w C] as PyTorch's [O, C, h, w]."""
    return p[f"{name}.weight"].reshape(-1, size, size, channels).permute(0, 3, 1, 2)


def conv_cells(e, p, images, training):
    """Layer by layer over images of their own heights, [1, 1, H, W] each; batch norm goes over all of them."""
    for layer in range(e["layers"]):
        name, channels = f"encoder.{layer}", images[0].shape[1]
        images = [F.conv2d(x, window(p, name, e["kernel"], channels), p[f"{name}.bias"], 1, e["kernel"] // 2) for x in images]
        if e.get("batch_norm"):
            steps = torch.cat([x[0].flatten(1).T for x in images])[None]
            steps = normalise({"norm_kind": "batch"}, p, f"{name}.norm", steps,
                              torch.ones(1, steps.shape[1], dtype=torch.bool), training)[0]
            sizes = [x.shape[2] * x.shape[3] for x in images]
            images = [part.T.reshape(x.shape) for part, x in zip(steps.split(sizes), images)]
        images = [F.max_pool2d(torch.relu(x), 2) for x in images]
    return images


def image_logits(c, p, pixels, heights, target_in, training=None):
    """pixels [B, H, W], target_in [B, T]; logits [B, T, V]."""
    e, size = c["encoder"], cell_size(c["encoder"])
    images = [x[None, None, :height] for x, height in zip(pixels, heights)]
    if e["type"] == "patches":
        images = [F.conv2d(x, window(p, "encoder.patch", e["patch"], 1), p["encoder.patch.bias"], e["patch"]) for x in images]
    else:
        images = conv_cells(e, p, images, training)
    columns, rows = images[0].shape[3], max(x.shape[2] for x in images)
    lengths = [x.shape[2] * columns for x in images]
    cells = torch.stack([F.pad(x[0].flatten(1).T, (0, 0, 0, rows * columns - x.shape[2] * columns)) for x in images])
    if e.get("positions") != "none":
        cells = cells + places(rows, columns, size)
    real = torch.arange(rows * columns)[None, :] < torch.tensor(lengths)[:, None]
    if e["type"] == "patches":
        blocks = block_config(e)
        mask = mask_of(blocks, torch.ones(rows * columns, rows * columns, dtype=torch.bool), real)
        for layer in range(e["layers"]):
            cells = plain_block(blocks, p, f"encoder.{layer}", cells, None, mask, None, real, None)
        cells = normalise(blocks, p, "encoder.norm", cells, real, None)
    summary = (cells * real[:, :, None]).sum(1) / torch.tensor(lengths)[:, None]
    states = [torch.stack([begun(p, part, summary)] * c["decoder_layers"])
              for part in ("hc" if c.get("cell", "lstm") == "lstm" else "h")]
    state = tuple(states) if len(states) == 2 else states[0]
    return decoder_logits(c, p, cells, lengths, summary, state, target_in)
