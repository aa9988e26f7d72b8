#!/usr/bin/python3
"""Writes tests/golden/data/*.safetensors with PyTorch (Debian's python3-torch, 1.13):

    /usr/bin/python3 tests/golden/make_golden.py

Inputs are float32 numbers; PyTorch computes with them in double, and outputs and gradients are rounded to float32 at
the end, so that what a test compares with is exact. Seeds are fixed: the same files come out again. An op's
gradients are those of sum(seed * output), the seeds being in the file.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.dont_write_bytecode = True

from classifier_reference import classifier_logits, classifier_shapes
from golden_file import GoldenFile
from heed_random import Generator
import numbers_reference as numbers
from image_reference import image_logits, image_shapes, image_zeros
from seq2seq_reference import (CELLS, attention_weights, local_softmax, parameter_shapes, recurrent_parameters, run_recurrent,
                               score_parameters, seq2seq_logits, torch_recurrent)
import regression_reference as ways
import transformer_reference as transformer
import vectors_reference as vectors
from transformer_reference import allowed_keys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
PAD, BOS, EOS, SPECIALS = 0, 1, 2, 4
random = np.random.default_rng(0)


def draw(*shape, size=1.0):
    """Uniform in +-size, exact in float32, as a double that wants a gradient."""
    values = random.uniform(-size, size, shape).astype(np.float32)
    return torch.tensor(values.astype(np.float64), requires_grad=True)


def backward(outputs):
    """Draws a seed per output and runs back; {"seed.<name>": ...}."""
    seeds = {name: draw(*y.shape).detach() for name, y in outputs.items()}
    sum((seeds[name] * y).sum() for name, y in outputs.items()).backward()
    return {f"seed.{name}": seed for name, seed in seeds.items()}


def add_op_case(file, label, inputs, outputs, **arguments):
    seeds = backward(outputs)
    grads = {f"grad.{name}": x.grad for name, x in inputs.items()}
    file.case(label, **inputs, **outputs, **seeds, **grads, **arguments)


def real_steps(lengths, length):
    """[B, T] of bools."""
    return torch.arange(length)[None, :] < torch.tensor(lengths)[:, None]


def op_add(file):
    for shape in ((5,), (1, 1, 4), (3, 5, 37)):
        x = {"a": draw(*shape), "b": draw(*shape)}
        add_op_case(file, str(shape), x, {"y": x["a"] + x["b"]})


def op_add_positions(file):
    for b, t, c, table, first, scale in ((1, 1, 3, 1, 0, 1.5), (2, 3, 4, None, 0, 0.5), (3, 5, 17, 9, 2, 4.0)):
        x = {"x": draw(b, t, c)}
        if table:
            x["table"] = draw(table, c)
        y = scale * x["x"] + (x["table"][first:first + t] if table else 0)
        add_op_case(file, f"{b} x {t} x {c}, from {first}", x, {"y": y}, flag=first, number=scale)


def op_additive_score(file):
    for b, q, k, a in ((1, 1, 1, 3), (2, 3, 4, 5), (2, 2, 5, 33)):
        x = {"query": draw(b, q, a), "key": draw(b, k, a), "v": draw(a)}
        y = torch.tanh(x["query"][:, :, None] + x["key"][:, None]) @ x["v"]
        add_op_case(file, f"{b} x {q} x {k}, {a} channels", x, {"y": y})


def op_batch_matmul(file):
    for b, m, k, n in ((1, 1, 4, 1), (2, 3, 4, 5), (3, 9, 17, 21)):
        x = {"a": draw(b, m, k), "b": draw(b, k, n)}
        add_op_case(file, f"{b}, {m} x {k} x {n}", x, {"y": x["a"] @ x["b"]}, flag=0)
        x = {"a": draw(b, m, k), "b": draw(b, n, k)}
        add_op_case(file, f"{b}, {m} x {k} x {n} transposed", x, {"y": x["a"] @ x["b"].transpose(1, 2)}, flag=1)


def op_batch_norm(file):
    """Of the batch over the real steps, and with given statistics."""
    for b, t, size, lengths, epsilon in ((1, 5, 3, None, 1e-5), (3, 1, 4, None, 0.5), (3, 4, 5, [4, 1, 3], 1e-5),
                                         (4, 7, 33, [7, 0, 5, 2], 1e-3)):
        for given in (False, True):
            x = {"x": draw(b, t, size), "gain": draw(size), "bias": draw(size)}
            if given:
                x["mean"] = draw(size)
                x["variance"] = torch.tensor(random.uniform(0.1, 2, size).astype(np.float32).astype(np.float64),
                                             requires_grad=True)
            real = real_steps(lengths or [t] * b, t)
            if given:
                spread = torch.sqrt(x["variance"] + single(epsilon))
                rows = x["gain"] * (x["x"][real] - x["mean"]) / spread + x["bias"]
            else:
                rows = F.batch_norm(x["x"][real], None, None, x["gain"], x["bias"], True, eps=single(epsilon))
            y = torch.zeros(b, t, size, dtype=torch.float64).masked_scatter(real[:, :, None], rows)
            add_op_case(file, f"{b} x {t} x {size}, lengths {lengths}, epsilon {epsilon}, given {given}", x, {"y": y},
                        lengths=lengths, number=epsilon)


def of_images(heights, function, x):
    """function, which takes and gives [B, C, H, W], of every image cut to its height; channels innermost, zero below."""
    parts = [function(image[None, :height].permute(0, 3, 1, 2)).permute(0, 2, 3, 1)[0]
             for image, height in zip(x, heights or [x.shape[1]] * len(x))]
    rows = max(len(part) for part in parts)
    return torch.stack([F.pad(part, (0, 0, 0, 0, 0, rows - len(part))) for part in parts])


def op_conv2d(file):
    for b, h, w, c, out, kernel, stride, padding, heights in (
            (1, 1, 1, 1, 1, (1, 1), 1, 0, None), (1, 5, 7, 1, 3, (3, 3), 1, 1, None), (2, 6, 5, 2, 4, (2, 3), 2, 1, None),
            (2, 6, 9, 1, 5, (3, 3), 3, 0, None), (3, 7, 5, 3, 17, (3, 3), 2, 1, [7, 4, 1]),
            (2, 9, 11, 5, 6, (5, 5), 1, 2, [5, 9])):
        x = {"x": draw(b, h, w, c), "w": draw(out, kernel[0] * kernel[1] * c), "b": draw(out)}
        weight = x["w"].reshape(out, *kernel, c).permute(0, 3, 1, 2)
        y = of_images(heights, lambda image: F.conv2d(image, weight, x["b"], stride, padding), x["x"])
        add_op_case(file, f"{b} x {h} x {w} x {c} to {out}, {kernel}, stride {stride}, padding {padding}, heights "
                    f"{heights}", x, {"y": y}, lengths=heights, height=kernel[0], width=kernel[1], stride=stride,
                    padding=padding)


def op_max_pool(file):
    for b, h, w, c, size, stride, heights in ((1, 2, 2, 1, 2, 2, None), (1, 5, 7, 3, 2, 2, None), (2, 6, 5, 4, 3, 2, None),
                                              (3, 7, 9, 5, 2, 2, [7, 4, 2])):
        x = {"x": draw(b, h, w, c)}
        y = of_images(heights, lambda image: F.max_pool2d(image, size, stride), x["x"])
        add_op_case(file, f"{b} x {h} x {w} x {c}, {size} every {stride}, heights {heights}", x, {"y": y}, lengths=heights,
                    height=size, stride=stride)


def op_concat(file):
    for first, second in (((3,), (2,)), ((1, 1, 4), (1, 1, 3)), ((3, 4, 19), (3, 4, 35))):
        x = {"a": draw(*first), "b": draw(*second)}
        add_op_case(file, f"{first} {second}", x, {"y": torch.cat([x["a"], x["b"]], dim=-1)})


def op_cross_entropy(file):
    shapes = (([1], 1, 4), ([3, 1, 2], 3, 5), ([0, 2], 2, 3), ([6, 4, 1, 5], 6, 43))
    for lengths, steps, classes in shapes:
        for smoothing in (0.0, 0.1):
            x = {"logits": draw(len(lengths), steps, classes, size=4)}
            targets = random.integers(0, classes, (len(lengths), steps))
            real = real_steps(lengths, steps)
            loss = F.cross_entropy(x["logits"][real], torch.tensor(targets)[real], reduction="sum",
                                   label_smoothing=smoothing)
            add_op_case(file, f"lengths {lengths} of {steps}, {classes} classes, smoothing {smoothing}", x,
                        {"loss": loss.reshape(1)}, ids=targets, lengths=lengths, number=smoothing)


def op_dropout(file):
    for shape, p in (((17,), 0.5), ((1, 1, 6), 0.2), ((3, 7, 31), 0.1)):
        x = {"x": draw(*shape)}
        mask = torch.tensor(Generator(1, 2).dropout_mask(x["x"].numel(), p)).reshape(shape)
        add_op_case(file, f"{shape} {p}", x, {"y": x["x"] * mask}, number=p)


def op_embedding(file):
    for rows, length, vocabulary, size in ((1, 1, 4, 3), (2, 3, 3, 5), (4, 7, 11, 33)):
        x = {"table": draw(vocabulary, size)}
        ids = random.integers(0, vocabulary, (rows, length))
        add_op_case(file, f"{rows} x {length} of {vocabulary} x {size}", x,
                    {"y": F.embedding(torch.tensor(ids), x["table"])}, ids=ids)


def op_feed_forward(file):
    for b, t, size, wide in ((1, 1, 2, 3), (2, 3, 4, 5), (3, 5, 17, 33)):
        for gelu in (0, 1):
            x = {"x": draw(b, t, size), "up": draw(wide, size), "up_bias": draw(wide), "down": draw(size, wide),
                 "down_bias": draw(size)}
            hidden = F.linear(x["x"], x["up"], x["up_bias"])
            y = F.linear(F.gelu(hidden) if gelu else torch.relu(hidden), x["down"], x["down_bias"])
            add_op_case(file, f"{b} x {t} x {size}, {wide} hidden, gelu {gelu}", x, {"y": y}, flag=gelu)


def op_gelu(file):
    for shape, size in (((5,), 1), ((1, 1, 3), 3), ((3, 4, 33), 2), ((64,), 8)):
        x = {"x": draw(*shape, size=size)}
        add_op_case(file, str(shape), x, {"y": F.gelu(x["x"])})


def op_layer_norm(file):
    for shape, epsilon in (((5,), 1e-5), ((1, 1, 4), 1e-5), ((3, 6), 0.5), ((3, 5, 37), 1e-3)):
        x = {"x": draw(*shape), "gain": draw(shape[-1]), "bias": draw(shape[-1])}
        y = F.layer_norm(x["x"], shape[-1:], x["gain"], x["bias"], single(epsilon))
        add_op_case(file, f"{shape}, epsilon {epsilon}", x, {"y": y}, number=epsilon)


def op_linear(file):
    for shape, out, bias in (((1, 1, 3), 2, True), ((4, 5), 3, False), ((7,), 4, True), ((3, 7, 17), 19, True)):
        x = {"x": draw(*shape), "w": draw(out, shape[-1])}
        if bias:
            x["b"] = draw(out)
        add_op_case(file, f"{shape} to {out}", x, {"y": F.linear(x["x"], x["w"], x.get("b"))})


def op_linear_cross_entropy(file):
    for lengths, steps, size, classes, bias in (([1], 1, 3, 4, True), ([3, 1, 2], 3, 4, 5, False),
                                                ([0, 2], 2, 3, 3, True), ([6, 4, 1, 5], 6, 17, 43, True)):
        for smoothing in (0.0, 0.1):
            x = {"x": draw(len(lengths), steps, size), "w": draw(classes, size)}
            if bias:
                x["b"] = draw(classes)
            targets = random.integers(0, classes, (len(lengths), steps))
            real = real_steps(lengths, steps)
            loss = F.cross_entropy(F.linear(x["x"], x["w"], x.get("b"))[real], torch.tensor(targets)[real],
                                   reduction="sum", label_smoothing=smoothing)
            add_op_case(file, f"lengths {lengths} of {steps}, {size} to {classes}, smoothing {smoothing}", x,
                        {"loss": loss.reshape(1)}, ids=targets, lengths=lengths, number=smoothing)


def recurrent_op_cases(file, cell):
    """One layer, one direction, against PyTorch's module on packed sequences; the reverse direction is that of a
    bidirectional one, whose forward half gets zero weights."""
    cases = ((1, 1, 2, 3, None, False), (2, 4, 3, 2, None, True), (3, 5, 2, 3, [5, 1, 3], True),
             (4, 6, 5, 9, [6, 4, 1, 5], True))
    wide = (3, 4, 5, 17, [4, 1, 3], False)
    gates, biases = CELLS[cell][2:]
    names = ("h0", "c0") if cell == "lstm" else ("h0",)
    relu = {"number": 1.0} if cell == "rnn_relu" else {}
    for reverse in (False, True):
        for b, t, size, hidden, lengths, with_state in cases if reverse else cases + (wide,):
            x = {"x": draw(b, t, size), "wx": draw(gates * hidden, size, size=0.5),
                 "wh": draw(gates * hidden, hidden, size=0.5), "bias": draw(biases * hidden)}
            if with_state:
                x.update({name: draw(b, hidden) for name in names})
            state = [x.get(k, torch.zeros(b, hidden, dtype=torch.float64)) for k in names]
            suffix = "_reverse" if reverse else ""
            p = {name: torch.zeros(shape, dtype=torch.float64)
                 for name, shape in recurrent_parameters(cell, "l", size, hidden, 1, reverse)}
            for ours, name in (("wx", "weight_ih"), ("wh", "weight_hh"), ("bias", "bias")):
                p[f"l.0.{name}{suffix}"] = x[ours]
            if reverse:
                state = [torch.stack([torch.zeros_like(s), s]) for s in state]
            else:
                state = [s[None] for s in state]
            module = torch_recurrent(cell, p, "l", size, hidden, 1, reverse)
            y, last = run_recurrent(module, x["x"], lengths, tuple(state) if cell == "lstm" else state[0])
            out = {"y": y[:, :, -hidden:]}
            for name, part in zip("hc", last if cell == "lstm" else (last,)):
                out[name] = part[-1]
            add_op_case(file, f"{cell}: {b} x {t} x {size}, {hidden} cells, lengths {lengths}, reverse {reverse}", x, out,
                        lengths=lengths, flag=int(reverse), **relu)
    for b, t, size, hidden, every in ((1, 3, 2, 3, 1), (3, 7, 2, 5, 3)):
        truncated_op_case(file, cell, b, t, size, hidden, every)


def truncated_op_case(file, cell, b, t, size, hidden, every):
    """Gradients that stop at every so many steps: the state is detached there."""
    gates, biases = CELLS[cell][2:]
    x = {"x": draw(b, t, size), "wx": draw(gates * hidden, size, size=0.5),
         "wh": draw(gates * hidden, hidden, size=0.5), "bias": draw(biases * hidden), "h0": draw(b, hidden)}
    if cell == "lstm":
        x["c0"] = draw(b, hidden)
    p = {"l.0.weight_ih": x["wx"], "l.0.weight_hh": x["wh"], "l.0.bias": x["bias"]}
    module = torch_recurrent(cell, p, "l", size, hidden, 1, False)
    state, steps = tuple(x[name][None] for name in ("h0", "c0") if name in x), []
    for first in range(0, t, every):
        if first:
            state = tuple(s.detach() for s in state)
        y, last = module(x["x"][:, first:first + every], state if cell == "lstm" else state[0])
        state = last if cell == "lstm" else (last,)
        steps.append(y)
    out = {"y": torch.cat(steps, dim=1), **{name: part[-1] for name, part in zip("hc", state)}}
    add_op_case(file, f"{cell}: {b} x {t} x {size}, {hidden} cells, gradients over {every} steps", x, out, flag=0,
                length=every, **({"number": 1.0} if cell == "rnn_relu" else {}))


def op_local_softmax(file):
    for b, q, k, lengths, first, reach, predicted in ((1, 1, 1, None, 0, 1, False), (2, 4, 7, None, 0, 2, False),
                                                      (3, 3, 6, [6, 1, 3], 4, 1, False), (1, 1, 5, None, 0, 2, True),
                                                      (3, 2, 9, [9, 1, 4], 0, 2, True), (2, 5, 40, [40, 23], 0, 7, True)):
        x = {"x": draw(b, q, k, size=3)}
        if predicted:
            x["z"] = draw(b, q, 1, size=2)
        y = local_softmax(x["x"], x.get("z"), lengths, first, reach)
        add_op_case(file, f"{b} x {q} x {k}, lengths {lengths}, from {first}, reach {reach}, predicted {predicted}", x,
                    {"y": y}, lengths=lengths, flag=first, window=reach)


def op_reinforce(file):
    for b, t, k, lengths in ((1, 1, 2, None), (2, 2, 3, None), (3, 4, 19, [4, 1, 2])):
        w = torch.tensor(random.uniform(0.1, 1, (b, t, k)).astype(np.float32).astype(np.float64), requires_grad=True)
        x = {"w": w, "a": draw(b, t), "b": draw(b, t, 1), "g": draw(b, t)}
        choices = random.integers(0, k, (b, t))
        picked = torch.gather(w, 2, torch.tensor(choices)[:, :, None])[:, :, 0]
        terms = x["a"] * torch.log(picked) + (x["b"][:, :, 0] - x["g"]) ** 2 / 2
        real = real_steps(lengths or [t] * b, t)
        add_op_case(file, f"{b} x {t} x {k}, lengths {lengths}", x, {"y": terms[real].sum().reshape(1)}, ids=choices,
                    lengths=lengths)


def op_gru(file):
    recurrent_op_cases(file, "gru")


def op_lstm(file):
    recurrent_op_cases(file, "lstm")


def op_rnn(file):
    recurrent_op_cases(file, "rnn")
    recurrent_op_cases(file, "rnn_relu")


def op_masked_softmax(file):
    for b, q, k, lengths in ((1, 1, 1, None), (2, 3, 5, None), (3, 2, 5, [5, 1, 3]), (4, 3, 37, [37, 20, 16, 1])):
        x = {"x": draw(b, q, k, size=4)}
        s = x["x"]
        if lengths:
            s = s.masked_fill(~real_steps(lengths, k)[:, None, :], -torch.inf)
        add_op_case(file, f"{b} x {q} x {k}, lengths {lengths}", x, {"y": torch.softmax(s, dim=2)}, lengths=lengths)


def op_multi_head_attention(file):
    """Against nn.functional.multi_head_attention_forward with identity projections, self (kv None) and cross."""
    cases = ((1, 1, 1, 4, 2, None, False, 0), (2, 3, 4, 6, 3, None, False, 0), (3, 2, 5, 4, 2, [5, 1, 3], False, 0),
             (2, 5, None, 4, 2, None, True, 0), (3, 4, None, 6, 1, [4, 1, 2], True, 0), (2, 6, None, 4, 2, None, True, 3),
             (2, 6, None, 4, 2, None, False, 2), (2, 9, 13, 34, 2, [13, 7], False, 0))
    for b, q, k, size, heads, lengths, causal, window in cases:
        x = {"q": draw(b, q, size if k else 3 * size)}
        if k:
            x["kv"] = draw(b, k, 2 * size)
        query, key, value = ((x["q"], *x["kv"].split(size, dim=2)) if k else x["q"].split(size, dim=2))
        seen = allowed_keys(q, k or q, causal, window)
        padding = None if lengths is None else ~real_steps(lengths, k or q)
        eye = torch.eye(size, dtype=torch.float64)
        y, _ = F.multi_head_attention_forward(
            query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1), size, heads, None,
            torch.zeros(3 * size, dtype=torch.float64), None, None, False, 0.0, eye, None, key_padding_mask=padding,
            attn_mask=~seen, use_separate_proj_weight=True, q_proj_weight=eye, k_proj_weight=eye, v_proj_weight=eye)
        add_op_case(file, f"{b} x {q} x {k or q}, {heads} heads of {size}, lengths {lengths}, causal {causal}, "
                    f"window {window}", x, {"context": y.transpose(0, 1)}, lengths=lengths, heads=heads, flag=int(causal),
                    window=window)


    for b, q, k, size, heads, lengths, p in ((1, 1, 1, 4, 2, None, 0.3), (2, 3, 5, 6, 3, [5, 2], 0.4), (2, 7, 9, 34, 2, None, 0.1)):
        x = {"q": draw(b, q, size), "kv": draw(b, k, 2 * size)}
        mask = torch.tensor(Generator(1, 2).dropout_mask(b * heads * q * k, p)).reshape(b, heads, q, k)
        query, key, value = (each.unflatten(2, (heads, size // heads)).transpose(1, 2)
                             for each in (x["q"], *x["kv"].split(size, dim=2)))
        scores = query @ key.transpose(2, 3) / (size // heads) ** 0.5
        if lengths:
            scores = scores.masked_fill(~real_steps(lengths, k)[:, None, None, :], -torch.inf)
        y = (torch.softmax(scores, dim=3) * mask) @ value
        add_op_case(file, f"{b} x {q} x {k}, {heads} heads of {size}, lengths {lengths}, dropout {p}", x,
                    {"context": y.transpose(1, 2).flatten(2)}, lengths=lengths, heads=heads, number=p)


def real_loss_cases(file, loss):
    for shape in ((1,), (1, 1, 4), (3, 5, 37)):
        x = {"x": draw(*shape, size=3), "t": draw(*shape)}
        add_op_case(file, str(shape), x, {"loss": loss(x["x"], x["t"], reduction="sum").reshape(1)})


def op_binary_cross_entropy(file):
    real_loss_cases(file, F.binary_cross_entropy_with_logits)


def op_squared_error(file):
    real_loss_cases(file, F.mse_loss)


def op_absolute_error(file):
    real_loss_cases(file, F.l1_loss)


def op_sigmoid(file):
    for shape in ((5,), (1, 1, 3), (3, 4, 33)):
        x = {"x": draw(*shape, size=4)}
        add_op_case(file, str(shape), x, {"y": torch.sigmoid(x["x"])})


def op_relu(file):
    for shape in ((5,), (1, 1, 3), (3, 4, 33)):
        x = {"x": draw(*shape)}
        add_op_case(file, str(shape), x, {"y": torch.relu(x["x"])})


def op_scale(file):
    for shape, factor, with_s in (((5,), -0.7, False), ((1, 1, 4), 1.0, True), ((3, 5, 37), 0.4, True)):
        x = {"x": draw(*shape)}
        if with_s:
            x["s"] = draw(1)
        y = single(factor) * x["x"] * x.get("s", 1)
        add_op_case(file, f"{shape} {factor} {with_s}", x, {"y": y}, number=factor)


def op_tanh(file):
    for shape, size in (((9,), 1), ((1, 1, 3), 4), ((4, 6, 33), 2)):
        x = {"x": draw(*shape, size=size)}
        add_op_case(file, str(shape), x, {"y": torch.tanh(x["x"])})


def op_tile_time(file):
    for b, t, c in ((1, 1, 4), (3, 4, 2), (5, 6, 33)):
        x = {"x": draw(b, c)}
        add_op_case(file, f"{b} x {t} x {c}", x, {"y": x["x"][:, None, :].expand(b, t, c)}, length=t)


def op_unit(file):
    for shape in ((5,), (1, 1, 4), (3, 5, 37)):
        x = {"x": draw(*shape)}
        add_op_case(file, str(shape), x, {"y": x["x"] / torch.sqrt((x["x"] ** 2).sum(dim=-1, keepdim=True) + 1e-12)})


OPS = {name[3:]: function for name, function in list(globals().items()) if name.startswith("op_")}


def score_file(file, score):
    """Attention as a whole: weights and context, values being the keys."""
    sizes = ((1, 1, 1, 3, 3, None), (2, 3, 4, 4, 4, None), (3, 2, 5, 3, 3, [5, 1, 3]), (4, 3, 7, 13, 13, [2, 7, 6, 1]),
             (3, 2, 5, 3, 4, [5, 1, 3]), (2, 3, 7, 11, 17, [7, 4]))
    for b, q, k, query_size, key_size, lengths in sizes:
        if score in ("dot", "scaled_dot", "cosine") and query_size != key_size:
            continue
        x = {"queries": draw(b, q, query_size), "memory": draw(b, k, key_size)}
        parameters = {n: draw(*shape) for n, shape in score_parameters(score, "score", query_size, key_size)}
        x.update(parameters)
        weights = attention_weights(score, parameters, "score", x["queries"], x["memory"], lengths)
        add_op_case(file, f"{b} x {q} x {k}, sizes {query_size} and {key_size}, lengths {lengths}", x,
                    {"weights": weights, "context": weights @ x["memory"]}, lengths=lengths)


def recurrent_layer_file(file, cell):
    """heed_recurrent_apply against PyTorch's module: stacked, both directions, packed sequences."""
    cases = ((1, 1, 3, 2, 1, True, None), (3, 5, 4, 3, 1, True, [5, 1, 3]), (3, 5, 4, 3, 2, True, [2, 5, 4]),
             (2, 4, 3, 5, 3, False, None), (4, 7, 5, 9, 1, True, [7, 3, 6, 1]))
    for b, t, size, hidden, layers, bidirectional, lengths in cases:
        x = {"x": draw(b, t, size)}
        p = {n: draw(*shape, size=0.5)
             for n, shape in recurrent_parameters(cell, cell, size, hidden, layers, bidirectional)}
        y, last = run_recurrent(torch_recurrent(cell, p, cell, size, hidden, layers, bidirectional), x["x"], lengths)
        directions = 2 if bidirectional else 1
        out = {"y": y}
        for layer in range(layers):
            for name, state in zip("hc", last if cell == "lstm" else (last,)):
                out[f"{name}{layer}"] = torch.cat(list(state[directions * layer:directions * (layer + 1)]), dim=1)
        add_op_case(file, f"{b} x {t} x {size}, {layers} layers of {hidden}, lengths {lengths}", {**x, **p}, out,
                    lengths=lengths, flag=int(bidirectional), hidden=hidden, layers=layers)


def batch(rows, source_length, target_length, source_vocabulary, target_vocabulary):
    """Ragged rows, the first one of full length, the second one as short as can be."""
    source = np.full((rows, source_length), PAD)
    target_in, target_out = np.full((rows, target_length), PAD), np.full((rows, target_length), PAD)
    source_lengths, target_lengths = [], []
    for row in range(rows):
        s = source_length if row == 0 else 1 if row == 1 else int(random.integers(1, source_length + 1))
        t = target_length if row == 0 else 1 if row == 1 else int(random.integers(1, target_length + 1))
        source[row, :s] = random.integers(SPECIALS, source_vocabulary, s)
        target_out[row, :t] = [*random.integers(SPECIALS, target_vocabulary, t - 1), EOS]
        target_in[row, :t] = [BOS, *target_out[row, :t - 1]]
        source_lengths.append(s)
        target_lengths.append(t)
    return source, source_lengths, target_in, target_out, target_lengths


def seq2seq_case(file, c, rows, source_length, target_length):
    """Logits, loss and gradients of a config on a random batch."""
    source_vocabulary, target_vocabulary = 9, 10
    p = {n: draw(*shape, size=0.6) for n, shape in parameter_shapes(c, source_vocabulary, target_vocabulary)}
    source, source_lengths, target_in, target_out, target_lengths = batch(
        rows, source_length, target_length, source_vocabulary, target_vocabulary)
    logits = seq2seq_logits(c, p, torch.tensor(source), source_lengths, torch.tensor(target_in))
    real = real_steps(target_lengths, target_length)
    loss = F.cross_entropy(logits[real], torch.tensor(target_out)[real], reduction="sum", label_smoothing=0.1)
    loss.backward()
    padded = logits.detach().clone()
    padded[~real] = 0  # beyond a row's end anything may stand: the test looks at real steps only
    named = "".join(f", {key} {c[key]}" for key in ("cell", "attend", "vector", "local", "reach") if key in c)
    file.case(f"{c['score']}, feeding {c['input_feeding']}, encoder {c['encoder_layers']} x {c['encoder_hidden']}, "
              f"decoder {c['decoder_layers']} x {c['decoder_hidden']}, {rows} x {source_length} -> {target_length}{named}",
              config=json.dumps(c), **p, **{f"grad.{n}": v.grad for n, v in p.items()}, loss=loss.reshape(1),
              logits=padded, number=0.1, source=source, source_lengths=source_lengths, target_in=target_in,
              target_out=target_out, target_lengths=target_lengths, vocabularies=[source_vocabulary, target_vocabulary])


def model_seq2seq(file):
    """The shape of the model that pronounces words, made tiny; bridged, deeper and fed variants; other cells, and other
    ways for the source to reach the decoder."""
    shapes = ((3, 6, 1, 1, 4, 6, 5), (2, 3, 2, 2, 1, 1, 1), (2, 3, 2, 1, 3, 4, 6))

    def config(shape, score, feeding, **more):
        encoder_hidden, decoder_hidden, encoder_layers, decoder_layers = shape[:4]
        return {"model_type": "seq2seq", "source_embedding": 4, "target_embedding": 3, "encoder_hidden": encoder_hidden,
                "encoder_layers": encoder_layers,
                "decoder_hidden": 2 * encoder_hidden if score == "dot" else decoder_hidden,
                "decoder_layers": decoder_layers, "score": score, "input_feeding": feeding, "dropout": 0, **more}

    for number, score in enumerate(("dot", "general", "additive", "none")):
        for feeding in (False, True):
            for shape in (shapes[0], shapes[1 + (number + feeding) % 2]):  # every score meets all three, files stay small
                seq2seq_case(file, config(shape, score, feeding), *shape[4:])
    for shape, score, feeding, more in ((shapes[0], "general", False, {"cell": "gru"}),
                                        (shapes[2], "general", False, {"cell": "rnn", "attend": "before"}),
                                        (shapes[0], "additive", False, {"attend": "before"}),
                                        (shapes[1], "additive", True, {"attend": "before", "cell": "gru"}),
                                        (shapes[2], "none", False, {"attend": "before"}),
                                        (shapes[0], "none", False, {"vector": "once"}),
                                        (shapes[2], "none", True, {"vector": "once", "cell": "gru"}),
                                        (shapes[0], "general", False, {"local": "monotonic", "reach": 1}),
                                        (shapes[2], "additive", True, {"local": "monotonic", "reach": 1}),
                                        (shapes[0], "dot", False, {"local": "predictive", "reach": 2}),
                                        (shapes[2], "general", False, {"local": "predictive", "attend": "before"})):
        seq2seq_case(file, config(shape, score, feeding, **more), *shape[4:])


def model_image_reader(file):
    """Pixels [rows, height, width] of images that are `heights` high, in place of a source."""
    conv, patches = {"type": "conv", "channels": 3, "layers": 2, "kernel": 3}, {"type": "patches", "patch": 3, "size": 6,
                                                                              "heads": 2, "ffn": 7, "layers": 2}
    for encoder, more, rows, heights, width, t, training in (
            (conv, {"score": "additive", "attend": "before", "cell": "gru"}, 3, [9, 4, 7], 11, 4, None),
            (conv, {"score": "general"}, 1, [4], 4, 1, None),
            ({**conv, "batch_norm": True, "positions": "none"}, {"score": "general", "input_feeding": True}, 3, [8, 5, 6], 9, 3,
             None),
            ({**conv, "batch_norm": True, "kernel": 5}, {"score": "additive"}, 3, [8, 5, 6], 9, 3, transformer.Training()),
            (patches, {"score": "dot", "decoder_hidden": 6}, 3, [7, 3, 9], 8, 4, None),
            ({**patches, "layers": 1, "size": 4}, {"score": "none", "cell": "gru", "decoder_layers": 2}, 2, [6, 6], 9, 3, None)):
        c = {"model_type": "image_reader", "encoder": encoder, "target_embedding": 3, "decoder_hidden": 5,
             "decoder_layers": 1, "input_feeding": False, **more}
        p = {n: draw_parameter(n, shape) for n, shape in image_shapes(c, 10)}
        _, _, target_in, target_out, target_lengths = batch(rows, 1, t, 9, 10)
        pixels = random.uniform(0, 1, (rows, max(heights), width)).astype(np.float32).astype(np.float64)
        for b, height in enumerate(heights):
            pixels[b, height:] = 0
        logits = image_logits(c, p, torch.tensor(pixels), heights, torch.tensor(target_in), training)
        real = real_steps(target_lengths, t)
        loss = F.cross_entropy(logits[real], torch.tensor(target_out)[real], reduction="sum", label_smoothing=0.1)
        loss.backward()
        padded = logits.detach().clone()
        padded[~real] = 0
        grads = {f"grad.{n}": v.grad for n, v in p.items()}
        if training is not None:
            grads.update({f"grad.{n}": change for n, change in training.items()})
        file.case(f"{encoder}, {more}, heights {heights}", config=json.dumps(c), **p, **grads, loss=loss.reshape(1),
                  logits=padded, number=0.1, values=pixels, shapes=[width, 0, 0, 0], source_lengths=heights, target_in=target_in,
                  target_out=target_out, target_lengths=target_lengths, vocabularies=[0, 10],
                  **({} if training is None else {"training": 1, **cancelling(p, image_zeros(c))}))


def model_classifier(file):
    """Every cell, one and two directions, both poolings; a target is one label."""
    vocabulary, labels = 9, 3
    for number, cell in enumerate(CELLS):
        for bidirectional, pooling, layers, hidden, rows, length in ((False, "last", 1, 5, 1, 1),
                                                                     (bool(number % 2), "mean", 1, 4, 3, 6),
                                                                     (True, "last", 2, 3, 4, 5)):
            c = {"model_type": "classifier", "embedding": 4, "hidden": hidden, "layers": layers,
                 "bidirectional": bidirectional, "cell": cell, "pooling": pooling, "dropout": 0}
            p = {n: draw(*shape, size=0.6) for n, shape in classifier_shapes(c, vocabulary, labels)}
            source, source_lengths, *_ = batch(rows, length, 1, vocabulary, SPECIALS + labels)
            target = random.integers(0, labels, rows)
            logits = classifier_logits(c, p, torch.tensor(source), source_lengths)
            loss = F.cross_entropy(logits, torch.tensor(target), reduction="sum", label_smoothing=0.1)
            loss.backward()
            file.case(f"{cell}, bidirectional {bidirectional}, pooling {pooling}, {layers} x {hidden}, {rows} x {length}",
                      config=json.dumps(c), **p, **{f"grad.{n}": v.grad for n, v in p.items()}, loss=loss.reshape(1),
                      logits=logits, number=0.1, source=source, source_lengths=source_lengths,
                      target_in=np.full((rows, 1), BOS), target_out=SPECIALS + target[:, None], target_lengths=[1] * rows,
                      vocabularies=[vocabulary, SPECIALS + labels])
    recurrent_numbers(file)


def numbers_case(file, c, p, values, lengths, outputs, steps, channels, loss, training=None):
    """Loss, outputs and gradients where a side is numbers. steps and channels are those of the answers; lengths None: all
    rows are whole. Of labels, loss is "cross_entropy" and channels their number. `training` has changes of statistics."""
    rows = len(values)
    sides = {"values": values, "source_lengths": lengths or [values.shape[1]] * rows}
    every = outputs.dim() == 3
    if loss == "cross_entropy":
        target = random.integers(0, channels, rows)
        total = F.cross_entropy(outputs, torch.tensor(target), reduction="sum")
        sides.update(target_in=np.full((rows, 1), BOS), target_out=SPECIALS + target[:, None], target_lengths=[1] * rows)
    else:
        answers = torch.tensor(random.uniform(0, 1, (rows, steps, channels)).astype(np.float32).astype(np.float64))
        if loss != "binary_cross_entropy":
            answers = 4 * answers - 2
        target_lengths = sides["source_lengths"] if every else [steps] * rows
        there = torch.zeros(rows, steps, channels, dtype=torch.bool)
        for row, length in enumerate(target_lengths):
            there[row, :length] = True
            answers[row, length:] = 0
        total = numbers.LOSSES[loss](outputs.reshape(answers.shape)[there], answers[there], reduction="sum")
        sides.update(answers=answers, target_lengths=target_lengths)
    total.backward()
    labels = loss == "cross_entropy"
    file.case(f"{c}, {tuple(values.shape)}", config=json.dumps({**c, "loss": loss}), **p, **sides,
              **{f"grad.{n}": v.grad if training is None else training.get(n, v.grad) for n, v in p.items()},
              **({} if training is None else {"training": 1}), loss=total.reshape(1), logits=outputs,
              vocabularies=[0, SPECIALS + channels if labels else 0],
              shapes=[values.shape[2], 0 if lengths else values.shape[1], 0 if labels else channels,
                      0 if labels or every else steps])


def model_mlp(file):
    """Every activation with every loss; hidden layers from none to three."""
    for activation in numbers.ACTIVATIONS:
        for loss in ("cross_entropy", *numbers.LOSSES):
            for hidden, (rows, length, width), steps, channels in (([], (1, 1, 1), 1, 1 + (loss == "cross_entropy")),
                                                                   ([5], (3, 1, 2), 1, 3), ([4, 7, 3], (5, 4, 3), 2, 2)):
                c = {"model_type": "mlp", "hidden": hidden, "activation": activation}
                size = channels if loss == "cross_entropy" else steps * channels
                p = {n: draw(*shape, size=0.8) for n, shape in numbers.mlp_shapes(c, length * width, size)}
                values = draw(rows, length, width, size=2).detach()
                numbers_case(file, c, p, values, None, numbers.mlp_outputs(c, p, values), steps, channels, loss)
    for hidden, rows, width, activation in (([3], 4, 2, "relu"), ([4, 3], 7, 3, "tanh")):
        for training in (None, transformer.Training()):
            c = {"model_type": "mlp", "hidden": hidden, "activation": activation, "batch_norm": True}
            p = {n: draw_parameter(n, shape) for n, shape in numbers.mlp_shapes(c, width, 2)}
            values = draw(rows, 1, width, size=2).detach()
            numbers_case(file, c, p, values, None, numbers.mlp_outputs(c, p, values, training), 1, 2, "mse", training)


def model_regression(file):
    """Every loss with features of one, two and six numbers."""
    for loss in ("cross_entropy", *numbers.LOSSES):
        for degree, (rows, length, width), steps, channels in ((1, (1, 1, 1), 1, 1 + (loss == "cross_entropy")),
                                                               (5, (4, 1, 2), 2, 3), (2, (7, 3, 2), 1, 2)):
            c = {"model_type": "regression", "degree": degree}
            values = draw(rows, length, width, size=1.5).detach()
            size = channels if loss == "cross_entropy" else steps * channels
            count = len(ways.products(length * width, degree))
            p = {"output.weight": draw(size, count, size=0.5), "output.bias": draw(size, size=0.5)}
            numbers_case(file, c, p, values, None, numbers.regression_outputs(c, p, values), steps, channels, loss)


def recurrent_numbers(file):
    """Numbers in, and numbers out at the end or at every step, or a label."""
    for number, cell in enumerate(CELLS):
        for loss, pooling, rows, length, width, steps, channels in (("mse", "last", 1, 1, 2, 1, 1), ("mae", "none", 3, 5, 2, 5, 2),
                                                                    ("binary_cross_entropy", "last", 4, 6, 1, 3, 2),
                                                                    ("cross_entropy", "last", 3, 4, 3, 1, 3)):
            c = {"model_type": "classifier", "hidden": 4, "cell": cell, "pooling": pooling}
            size = channels if pooling == "none" or loss == "cross_entropy" else steps * channels
            p = {n: draw(*shape, size=0.6) for n, shape in numbers.recurrent_shapes(c, width, size)}
            _, lengths, *_ = batch(rows, length, 1, 9, 9)
            values = draw(rows, length, width).detach()
            for row, n in enumerate(lengths):
                values[row, n:] = 0
            outputs = numbers.recurrent_outputs(c, p, values, lengths)
            numbers_case(file, c, p, values, lengths, outputs, steps, channels, loss)


TRANSFORMERS = (  # config beside the sizes, then batch sizes and one vocabulary or two
    ({}, 2, 3, 4, False),
    ({"tied": "all", "encoder_layers": 2}, 1, 1, 1, True),
    ({"tied": "none", "output_bias": True, "norm": "pre", "activation": "gelu", "positions": "learned"}, 3, 5, 4, False),
    ({"norm": "none", "positions": "none", "decoder_layers": 2}, 4, 3, 6, False),
    ({"window": 2, "residual": False, "eps": 1e-3}, 3, 6, 5, False),
    ({"tied": "all", "norm": "pre", "decoder_layers": 2, "heads": 3, "window": 3}, 3, 4, 7, True),
    ({"norm_kind": "batch", "eps": 1e-2}, 4, 5, 4, False),
    ({"norm_kind": "batch", "eps": 1e-2, "norm": "pre", "activation": "gelu", "residual": False}, 3, 4, 5, False),
)


def draw_parameter(name, shape):
    """Uniform in +-0.5; variances are positive."""
    x = draw(*shape, size=0.5)
    return (x.detach().abs() + 0.25).requires_grad_() if name.endswith("running_var") else x


def cancelling(p, zero, little=()):
    """What only shifts what goes into a batch norm, which takes its mean out again, has a gradient of 0: what is computed
    is rounding. Here, in double, those of `zero` and no others are next to nothing, or theory is wrong. The engine in
    single precision is told of them, and of those of which `little` is left."""
    size = {n: float(v.grad.abs().max()) for n, v in p.items() if v.grad is not None}
    nothing = {n for n, g in size.items() if g < 1e-12 * max(size.values())}
    if nothing != set(zero):
        raise SystemExit(f"gradients of 0: {sorted(nothing)}; they should be {sorted(zero)}")
    return {"cancelling": " ".join(f"grad.{n}" for n in sorted({*zero, *little}))}


def decoder_case(file, c, label, shapes, logits_of, sizes, vocabularies, training=None):
    """Loss, logits and gradients; and what greedy decoding of the first source gives. With `training`, which takes the
    changes of running statistics, those stand in place of their gradients."""
    rows, s, t = sizes
    p = {n: draw_parameter(n, shape) for n, shape in shapes}
    source, source_lengths, target_in, target_out, target_lengths = batch(rows, s, t, *vocabularies)
    known = (target_lengths, training) if c.get("norm_kind") == "batch" else ()
    logits = logits_of(c, p, torch.tensor(source), source_lengths, torch.tensor(target_in), *known)
    real = real_steps(target_lengths, t)
    loss = F.cross_entropy(logits[real], torch.tensor(target_out)[real], reduction="sum", label_smoothing=0.1)
    loss.backward()
    padded = logits.detach().clone()
    padded[~real] = 0
    tokens, last = transformer.greedy(logits_of, c, p, torch.tensor(source[:1, :source_lengths[0]]), 8)
    file.case(f"{label}, {rows} x {s} -> {t}", config=json.dumps(c), **p, 
              **{f"grad.{n}": v.grad if training is None else training.get(n, v.grad) for n, v in p.items()},
              loss=loss.reshape(1), logits=padded, number=0.1, source=source, source_lengths=source_lengths,
              target_in=target_in, target_out=target_out, target_lengths=target_lengths, vocabularies=vocabularies,
              **({} if training is None else {"training": 1,
                 **cancelling(p, transformer.batch_norm_zeros(c, p), transformer.batch_norm_little(c, p))}),
              **{"greedy.tokens": tokens, "greedy.logits": last})


def model_transformer(file):
    for variant, rows, s, t, one_vocabulary in TRANSFORMERS:
        vocabularies = (9, 9) if one_vocabulary else (9, 10)
        c = {"model_type": "transformer", "d_model": 6, "heads": 2, "ffn": 7, "encoder_layers": 1, "decoder_layers": 1,
             "max_length": 12, "dropout": 0, **variant}
        for training in (None, transformer.Training()) if "norm_kind" in c else (None,):
            decoder_case(file, c, str(variant), transformer.transformer_shapes(c, *vocabularies),
                         transformer.transformer_logits, (rows, s, t), vocabularies, training)


def model_transformer_lm(file):
    for variant, rows, s, t in (({}, 1, 1, 1), ({"layers": 2, "norm": "pre", "activation": "gelu"}, 3, 4, 5),
                                ({"tied": "none", "output_bias": True, "positions": "learned"}, 4, 5, 3),
                                ({"window": 3, "positions": "none"}, 3, 3, 6)):
        c = {"model_type": "transformer_lm", "d_model": 6, "heads": 2, "ffn": 7, "layers": 1, "max_length": 16,
             "dropout": 0, **variant}
        decoder_case(file, c, str(variant), transformer.lm_shapes(c, 9), transformer.lm_logits, (rows, s, t), (9, 9))


def model_transformer_classifier(file):
    vocabulary, labels = 9, 3
    for variant, rows, length in (({}, 1, 1), ({"pooling": "first", "layers": 2}, 3, 5),
                                  ({"norm": "pre", "activation": "gelu", "positions": "learned"}, 4, 6)):
        c = {"model_type": "transformer_classifier", "d_model": 6, "heads": 2, "ffn": 7, "layers": 1, "max_length": 12,
             "dropout": 0, **variant}
        p = {n: draw(*shape, size=0.5) for n, shape in transformer.classifier_shapes(c, vocabulary, labels)}
        source, source_lengths, *_ = batch(rows, length, 1, vocabulary, SPECIALS + labels)
        target = random.integers(0, labels, rows)
        logits = transformer.classifier_logits(c, p, torch.tensor(source), source_lengths)
        loss = F.cross_entropy(logits, torch.tensor(target), reduction="sum", label_smoothing=0.1)
        loss.backward()
        file.case(f"{variant}, {rows} x {length}", config=json.dumps(c), **p,
                  **{f"grad.{n}": v.grad for n, v in p.items()}, loss=loss.reshape(1), logits=logits, number=0.1,
                  source=source, source_lengths=source_lengths, target_in=np.full((rows, 1), BOS),
                  target_out=SPECIALS + target[:, None], target_lengths=[1] * rows,
                  vocabularies=[vocabulary, SPECIALS + labels])


def regression(file):
    """Every method, with every penalty that it takes; figures of the fit."""
    for n, columns, degree, l1, l2, standardise in ((2, 1, 1, 0, 0, False), (12, 3, 1, 0, 0, True), (12, 3, 1, 0, 0.5, False),
                                                    (9, 1, 4, 0, 0.01, True), (15, 2, 2, 0, 0, False), (15, 2, 2, 0.1, 0, True),
                                                    (20, 4, 1, 0.3, 0, False), (20, 4, 1, 0.2, 0.4, True), (3, 5, 1, 0.1, 0.2, False)):
        x = draw(n, columns, size=2).detach().numpy()
        y = (x @ random.uniform(-2, 2, columns) + random.uniform(-1, 1, n) + 1).astype(np.float32).astype(np.float64)
        intercept, coefficients = ways.fit(x, y, degree, l1, l2, standardise)
        predictions = intercept + ways.features(x, degree) @ coefficients
        mse = ((y - predictions) ** 2).mean()
        for method, number in ways.METHODS.items():
            if method == "normal" and l1:
                continue
            file.case(f"{method}, {n} x {columns}, degree {degree}, l1 {l1}, l2 {l2}, standardise {standardise}", x=x, y=y,
                      method=[number], degree=[degree], standardise=[int(standardise)], penalties=np.array([l1, l2], float),
                      fit=np.array([intercept, *coefficients]), predictions=predictions, residuals=y - predictions,
                      figures=np.array([mse, np.sqrt(mse), np.abs(y - predictions).mean(), 1 - mse / y.var()]))


def single(x):
    return float(np.float32(x))


# Of each optimizer: PyTorch's class, how the settings [rate, beta1, beta2, epsilon, decay, momentum, nesterov] become its
# arguments, its state that is the engine's m and v, and cases of [count, settings, clip].
OPTIMIZERS = {
    "adam": (torch.optim.Adam, lambda r, a, b, e, d, m, n: dict(lr=r, betas=(a, b), eps=e), ("exp_avg", "exp_avg_sq"),
             ((1, (1e-1, 0.9, 0.999, 1e-8, 0, 0, 0), 0), (37, (1e-3, 0.9, 0.999, 1e-8, 0, 0, 0), 1),
              (130, (1e-2, 0.9, 0.98, 1e-9, 0, 0, 0), 0.5))),
    "adamw": (torch.optim.AdamW, lambda r, a, b, e, d, m, n: dict(lr=r, betas=(a, b), eps=e, weight_decay=d),
              ("exp_avg", "exp_avg_sq"),
              ((1, (1e-1, 0.9, 0.999, 1e-8, 0.1, 0, 0), 0), (130, (1e-2, 0.9, 0.98, 1e-9, 0.1, 0, 0), 0.5),
               (64, (3e-3, 0.8, 0.95, 1e-6, 0.01, 0, 0), 0))),
    "sgd": (torch.optim.SGD, lambda r, a, b, e, d, m, n: dict(lr=r, momentum=m, nesterov=bool(n), weight_decay=d),
            ("momentum_buffer", None),
            ((1, (1e-1, 0, 0, 0, 0, 0, 0), 0), (37, (1e-1, 0, 0, 0, 0, 0.9, 0), 1),
             (130, (1e-2, 0, 0, 0, 0.1, 0.8, 1), 0.5))),
    "adagrad": (torch.optim.Adagrad, lambda r, a, b, e, d, m, n: dict(lr=r, eps=e, weight_decay=d), (None, "sum"),
                ((1, (1e-1, 0, 0, 1e-10, 0, 0, 0), 0), (37, (1e-2, 0, 0, 1e-10, 0, 0, 0), 1),
                 (130, (1e-1, 0, 0, 1e-6, 0.1, 0, 0), 0))),
    "rmsprop": (torch.optim.RMSprop,
                lambda r, a, b, e, d, m, n: dict(lr=r, alpha=b, eps=e, momentum=m, weight_decay=d), (None, "square_avg"),
                ((1, (1e-2, 0, 0.99, 1e-8, 0, 0, 0), 0), (37, (1e-3, 0, 0.9, 1e-8, 0, 0, 0), 1),
                 (130, (1e-3, 0, 0.99, 1e-6, 0.1, 0.9, 0), 0))),
}


def optimizer_file(file, name):
    """Steps of an optimizer after clip_grad_norm_, whose factor is in the file."""
    make, arguments, state, cases = OPTIMIZERS[name]
    for count, settings, clip in cases:
        w = draw(count)
        start = w.detach().clone()
        # The settings are float32 numbers as in the engine: 1 - beta of a rounded beta is another number.
        settings = [single(x) for x in settings]
        optimizer = make([w], **arguments(*settings))
        gradients, scales, weights = [], [], []
        for _ in range(6):
            g = draw(count, size=2).detach()
            w.grad = g.clone()
            scale = 1.0
            if clip:
                norm = torch.nn.utils.clip_grad_norm_([w], clip)
                scale = float(min(1.0, clip / (float(norm) + 1e-6)))
            optimizer.step()
            gradients.append(g)
            scales.append(scale)
            weights.append(w.detach().clone())
        kept = {ours: optimizer.state[w][theirs] for ours, theirs in zip("mv", state)
                if theirs and optimizer.state[w].get(theirs) is not None}
        file.case(f"{count} weights, settings {settings}, clip {clip}", start=start, gradients=torch.stack(gradients),
                  scales=scales, weights=torch.stack(weights), settings=settings, **kept)


def write(name, fill, *arguments):
    global random
    random = np.random.default_rng(sum(name.encode()))  # a file depends on its own name only
    file = GoldenFile()
    fill(file, *arguments)
    file.write(os.path.join(FOLDER, name + ".safetensors"))
    print(f"{name}: {file.cases} cases, {os.path.getsize(os.path.join(FOLDER, name + '.safetensors'))} bytes")


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    for op, function in sorted(OPS.items()):
        write(f"op_{op}", function)
    for score in ("dot", "general", "additive", "scaled_dot", "cosine", "location"):
        write(f"score_{score}", score_file, score)
    for cell in CELLS:
        write(f"layer_{cell}", recurrent_layer_file, cell)
    write("model_classifier", model_classifier)
    write("model_mlp", model_mlp)
    write("model_regression", model_regression)
    write("model_image_reader", model_image_reader)
    write("model_seq2seq", model_seq2seq)
    write("model_transformer", model_transformer)
    write("model_transformer_classifier", model_transformer_classifier)
    write("model_transformer_lm", model_transformer_lm)
    write("regression_all", regression)
    for optimizer in OPTIMIZERS:
        write(f"optimizer_{optimizer}", optimizer_file, optimizer)
    for method in ("cbow", "skip_gram", "glove"):
        write(f"vectors_{method}", getattr(vectors, f"{method}_file"), draw)
