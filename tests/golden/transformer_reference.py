"""The Transformer of models/transformer.c in PyTorch, in double precision: torch.nn's layers where they have the
variant (norm "post" and "pre" with residuals), and the same written out where they have not."""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.stateless import functional_call

BOS = 1


def allowed_keys(queries, keys, causal, window):
    """[Q, K] of bools; the last query stands at the last key."""
    at = torch.arange(queries)[:, None] + keys - queries
    key = torch.arange(keys)[None, :]
    seen = torch.ones(queries, keys, dtype=torch.bool)
    if causal:
        seen &= key <= at
    if window:
        seen &= (key - at).abs() < window
    return seen


def linear_shapes(name, size, out):
    return [(f"{name}.weight", (out, size)), (f"{name}.bias", (out,))]


def stack_shapes(c, name, layers, cross):
    d, ffn = c["d_model"], c["ffn"]

    def norm(part):
        parts = ("weight", "bias") + (("running_mean", "running_var") if c.get("norm_kind") == "batch" else ())
        return [] if c.get("norm") == "none" else [(f"{part}.norm.{n}", (d,)) for n in parts]

    if c.get("positions") == "learned":
        yield f"{name}.positions.weight", (c["max_length"], d)
    for layer in range(layers):
        block = f"{name}.{layer}"
        yield from linear_shapes(f"{block}.self_attention.qkv", d, 3 * d)
        yield from linear_shapes(f"{block}.self_attention.output", d, d)
        yield from norm(f"{block}.self_attention")
        if cross:
            yield from linear_shapes(f"{block}.cross_attention.query", d, d)
            yield from linear_shapes(f"{block}.cross_attention.key_value", d, 2 * d)
            yield from linear_shapes(f"{block}.cross_attention.output", d, d)
            yield from norm(f"{block}.cross_attention")
        yield from linear_shapes(f"{block}.ffn.up", d, ffn)
        yield from linear_shapes(f"{block}.ffn.down", ffn, d)
        yield from norm(f"{block}.ffn")
    if c.get("norm") == "pre":
        yield from norm(name)


def classifier_shapes(c, vocabulary, labels):
    yield "embedding.weight", (vocabulary, c["d_model"])
    yield from stack_shapes(c, "encoder", c["layers"], False)
    yield from linear_shapes("output", c["d_model"], labels)


def lm_shapes(c, vocabulary):
    yield "embedding.weight", (vocabulary, c["d_model"])
    if c.get("tied") == "none":
        yield "decoder.output.weight", (vocabulary, c["d_model"])
    if c.get("output_bias"):
        yield "decoder.output.bias", (vocabulary,)
    yield from stack_shapes(c, "decoder", c["layers"], False)


def transformer_shapes(c, source_vocabulary, target_vocabulary):
    """(name, shape) of every parameter."""
    d, tied = c["d_model"], c.get("tied", "target")
    if tied == "all":
        yield "embedding.weight", (target_vocabulary, d)
    else:
        yield "encoder.embedding.weight", (source_vocabulary, d)
        yield "decoder.embedding.weight", (target_vocabulary, d)
    if tied == "none":
        yield "decoder.output.weight", (target_vocabulary, d)
    if c.get("output_bias"):
        yield "decoder.output.bias", (target_vocabulary,)
    yield from stack_shapes(c, "encoder", c["encoder_layers"], False)
    yield from stack_shapes(c, "decoder", c["decoder_layers"], True)


def batch_norm_zeros(c, p):
    """The parameters that batch norms in training take no notice of: what a sublayer adds to all steps alike. A bias of
    values is among them, as weights sum to 1, and one of keys in any case, but none of queries; and so is the shift of
    the memory, which cross-attention makes keys and values of."""
    last = "encoder" if c.get("norm") == "pre" else f"encoder.{c['encoder_layers'] - 1}.ffn"
    ends = ("self_attention.output.bias", "cross_attention.output.bias", "cross_attention.key_value.bias", "ffn.down.bias")
    return [n for n in p if n.endswith(ends) or n == f"{last}.norm.bias"]


def batch_norm_little(c, p):
    """Of these little is left of the gradient, the rest being a shift as above: what becomes a query, and what gelu, which
    is nearly straight for small numbers, does not hand on as it is."""
    ends = ["self_attention.qkv.bias"]
    if c.get("norm") == "pre":
        ends += ["self_attention.norm.bias", "ffn.up.bias"]
    return [n for n in p if n.endswith(tuple(ends)) or n.startswith("decoder") and n.endswith("self_attention.norm.bias")]


def attention_parameters(p, block):
    """nn.MultiheadAttention's names."""
    if f"{block}.qkv.weight" in p:
        weight, bias = p[f"{block}.qkv.weight"], p[f"{block}.qkv.bias"]
    else:
        weight = torch.cat([p[f"{block}.query.weight"], p[f"{block}.key_value.weight"]])
        bias = torch.cat([p[f"{block}.query.bias"], p[f"{block}.key_value.bias"]])
    return {"in_proj_weight": weight, "in_proj_bias": bias, "out_proj.weight": p[f"{block}.output.weight"],
            "out_proj.bias": p[f"{block}.output.bias"]}


def mask_of(c, seen, real):
    """[B * heads, Q, K], true where a query may not look. A padded query that may look nowhere looks everywhere: what it
    gets is nobody's, and must not be NaN."""
    seen = seen[None] & real[:, None, :]
    seen = seen | ~seen.any(dim=2, keepdim=True)
    return ~seen.repeat_interleave(c["heads"], dim=0)


def attend(c, p, block, x, memory, mask):
    module = nn.MultiheadAttention(c["d_model"], c["heads"], batch_first=True).double()
    return functional_call(module, attention_parameters(p, block), (x, memory, memory), {"attn_mask": mask})[0]


def torch_block(c, p, block, x, memory, mask, memory_mask):
    """nn.TransformerEncoderLayer or nn.TransformerDecoderLayer."""
    kind = nn.TransformerEncoderLayer if memory is None else nn.TransformerDecoderLayer
    layer = kind(c["d_model"], c["heads"], c["ffn"], 0.0, c.get("activation", "relu"), c.get("eps", 1e-5),
                 batch_first=True, norm_first=c.get("norm") == "pre").double()
    parts = [("self_attn", "self_attention")] + ([] if memory is None else [("multihead_attn", "cross_attention")])
    named = {f"{theirs}.{n}": v for theirs, ours in parts for n, v in attention_parameters(p, f"{block}.{ours}").items()}
    for i, part in enumerate([ours for _, ours in parts] + ["ffn"]):
        for n in ("weight", "bias"):
            named[f"norm{i + 1}.{n}"] = p[f"{block}.{part}.norm.{n}"]
    for n in ("weight", "bias"):
        named[f"linear1.{n}"], named[f"linear2.{n}"] = p[f"{block}.ffn.up.{n}"], p[f"{block}.ffn.down.{n}"]
    if memory is None:
        return functional_call(layer, named, (x, mask))
    return functional_call(layer, named, (x, memory, mask, memory_mask))


class Training(dict):
    """Given to a pass in training: by how much each running statistic is to change."""


def normalise(c, p, name, x, real, training):
    """Layer norm; or batch norm over the real steps, [B, T]: of the batch, or without `training` by the running statistics."""
    weight, bias, eps = p[f"{name}.weight"], p[f"{name}.bias"], c.get("eps", 1e-5)
    if c.get("norm_kind") != "batch":
        return F.layer_norm(x, x.shape[-1:], weight, bias, eps)
    mean, variance = p[f"{name}.running_mean"], p[f"{name}.running_var"]
    if training is None:
        return weight * (x - mean) / torch.sqrt(variance + eps) + bias
    new = mean.detach().clone(), variance.detach().clone()
    rows = F.batch_norm(x[real], *new, weight, bias, True, 0.1, eps)
    for part, old, now in zip(("running_mean", "running_var"), (mean, variance), new):
        training[f"{name}.{part}"] = now - old.detach()
    return torch.zeros_like(x).masked_scatter(real[:, :, None], rows)


def plain_block(c, p, block, x, memory, mask, memory_mask, real, training):
    """Any norm, any place of it, with or without residuals."""
    place, residual = c.get("norm", "post"), c.get("residual", True)

    def norm(part, v):
        return normalise(c, p, f"{block}.{part}.norm", v, real, training)

    def sublayer(part, v, f):
        y = f(norm(part, v) if place == "pre" else v)
        y = v + y if residual else y
        return norm(part, y) if place == "post" else y

    def ffn(v):
        up = F.linear(v, p[f"{block}.ffn.up.weight"], p[f"{block}.ffn.up.bias"])
        up = F.gelu(up) if c.get("activation") == "gelu" else torch.relu(up)
        return F.linear(up, p[f"{block}.ffn.down.weight"], p[f"{block}.ffn.down.bias"])

    x = sublayer("self_attention", x, lambda v: attend(c, p, f"{block}.self_attention", v, v, mask))
    if memory is not None:
        x = sublayer("cross_attention", x, lambda v: attend(c, p, f"{block}.cross_attention", v, memory, memory_mask))
    return sublayer("ffn", x, ffn)


def sinusoids(length, d):
    position, column = torch.arange(length, dtype=torch.float64)[:, None], torch.arange(d)[None, :]
    angle = position / torch.pow(torch.tensor(10000.0, dtype=torch.float64), (column - column % 2) / d)
    table = torch.where(column % 2 == 0, torch.sin(angle), torch.cos(angle))
    return table.float().double()  # the engine keeps it in single precision


def stack(c, p, name, ids, causal, real, memory=None, memory_real=None, training=None):
    table = p["embedding.weight"] if "embedding.weight" in p else p[f"{name}.embedding.weight"]
    x = table[ids] * math.sqrt(c["d_model"])
    length, positions = ids.shape[1], c.get("positions", "sinusoidal")
    if positions != "none":
        x = x + (p[f"{name}.positions.weight"][:length] if positions == "learned" else sinusoids(length, c["d_model"]))
    mask, memory_mask = mask_of(c, allowed_keys(length, length, causal, c.get("window", 0)), real), None
    if memory is not None:
        memory_mask = mask_of(c, torch.ones(length, memory.shape[1], dtype=torch.bool), memory_real)
    standard = c.get("norm", "post") != "none" and c.get("residual", True) and c.get("norm_kind") != "batch"
    for layer in range(c.get(f"{name}_layers") or c["layers"]):
        if standard:
            x = torch_block(c, p, f"{name}.{layer}", x, memory, mask, memory_mask)
        else:
            x = plain_block(c, p, f"{name}.{layer}", x, memory, mask, memory_mask, real, training)
    if c.get("norm") == "pre":
        x = normalise(c, p, f"{name}.norm", x, real, training)
    return x


def transformer_logits(c, p, source, source_lengths, target_in, target_lengths=None, training=None):
    """source [B, S], target_in [B, T]; logits [B, T, V]."""
    target_real = torch.ones(target_in.shape, dtype=torch.bool)
    if target_lengths:
        target_real = torch.arange(target_in.shape[1])[None, :] < torch.tensor(target_lengths)[:, None]
    real = torch.arange(source.shape[1])[None, :] < torch.tensor(source_lengths)[:, None]
    memory = stack(c, p, "encoder", source, False, real, training=training)
    h = stack(c, p, "decoder", target_in, True, target_real, memory, real, training)
    tied = c.get("tied", "target")
    weight = p["decoder.output.weight" if tied == "none" else
               "embedding.weight" if tied == "all" else "decoder.embedding.weight"]
    return F.linear(h, weight, p.get("decoder.output.bias"))


def classifier_logits(c, p, source, lengths):
    """source [B, T]; logits [B, labels]."""
    real = torch.arange(source.shape[1])[None, :] < torch.tensor(lengths)[:, None]
    h = stack(c, p, "encoder", source, False, real)
    if c.get("pooling") == "first":
        summary = h[:, 0]
    else:
        summary = (h * real[:, :, None]).sum(dim=1) / torch.tensor(lengths, dtype=torch.float64)[:, None]
    return F.linear(summary, p["output.weight"], p["output.bias"])


def lm_logits(c, p, source, source_lengths, target_in):
    """Row by row, a source directly before its target; logits of the target's steps, [B, T, V]."""
    rows = []
    for row, length in enumerate(source_lengths):
        ids = torch.cat([source[row, :length], target_in[row]])[None]
        h = stack(c, p, "decoder", ids, True, torch.ones(ids.shape, dtype=torch.bool))[:, length:]
        weight = p["decoder.output.weight" if c.get("tied") == "none" else "embedding.weight"]
        rows.append(F.linear(h, weight, p.get("decoder.output.bias")))
    return torch.cat(rows)


def greedy(logits_of, c, p, source, steps):
    """The best tokens one after another, each from a whole pass over all before it; and the last step's logits."""
    tokens, lengths = [BOS], [source.shape[1]]
    with torch.no_grad():
        for _ in range(steps):
            logits = logits_of(c, p, source, lengths, torch.tensor([tokens]))[0, -1]
            tokens.append(int(logits.argmax()))
    return tokens[1:], logits
