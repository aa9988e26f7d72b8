"""The seq2seq architecture of models/seq2seq.c, written in PyTorch from its description, in double precision."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

# name: (PyTorch's module, its extra arguments, gates, biases in units of the cells)
CELLS = {"rnn": (nn.RNN, {}, 1, 1), "rnn_relu": (nn.RNN, {"nonlinearity": "relu"}, 1, 1), "gru": (nn.GRU, {}, 3, 4),
         "lstm": (nn.LSTM, {}, 4, 4)}


def recurrent_parameters(cell, name, size, hidden, layers, bidirectional):
    """(name, shape) of every parameter, in the order in which the engine declares them."""
    directions = ["", "_reverse"] if bidirectional else [""]
    gates, biases = CELLS[cell][2:]
    for layer in range(layers):
        width = hidden * len(directions) if layer else size
        for suffix in directions:
            yield f"{name}.{layer}.weight_ih{suffix}", (gates * hidden, width)
            yield f"{name}.{layer}.weight_hh{suffix}", (gates * hidden, hidden)
            yield f"{name}.{layer}.bias{suffix}", (biases * hidden,)


def torch_recurrent(cell, parameters, name, size, hidden, layers, bidirectional):
    """PyTorch's module with our parameters. Its second bias is zero but, in a GRU, where ours has a fourth part."""
    make, options, gates, _ = CELLS[cell]
    module = make(size, hidden, layers, batch_first=True, bidirectional=bidirectional, **options).double()
    for layer in range(layers):
        for suffix in ["", "_reverse"] if bidirectional else [""]:
            bias = parameters[f"{name}.{layer}.bias{suffix}"]
            second = torch.cat([torch.zeros((gates - 1) * hidden), bias[gates * hidden:]]) if cell == "gru" else \
                torch.zeros(gates * hidden)
            for key, value in (("weight_ih", parameters[f"{name}.{layer}.weight_ih{suffix}"]),
                               ("weight_hh", parameters[f"{name}.{layer}.weight_hh{suffix}"]),
                               ("bias_ih", bias[:gates * hidden]), ("bias_hh", second.double())):
                delattr(module, f"{key}_l{layer}{suffix}")
                setattr(module, f"{key}_l{layer}{suffix}", value)
    module._flat_weights = [getattr(module, key) for key in module._flat_weights_names]
    return module


def run_recurrent(module, x, lengths, state=None):
    """Ragged rows by packed sequences; the output beyond a row's length is 0."""
    if lengths is None:
        return module(x, state)
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    y, last = module(packed, state)
    return pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0], last


def local_softmax(scores, z, lengths, first, reach):
    """Local attention of Luong 2015: [B, Q, K]; about key first + q, or a place predicted by z [B, Q, 1]."""
    rows, queries, keys = scores.shape
    last = torch.tensor([keys] * rows if lengths is None else lengths)[:, None, None] - 1
    k = torch.arange(keys)[None, None, :]
    if z is None:
        centre = torch.minimum((first + torch.arange(queries))[None, :, None], last).double()
    else:
        centre = last * torch.sigmoid(z)
    near = (k <= last) & ((k - centre).abs() <= reach)
    weights = torch.softmax(scores.masked_fill(~near, -torch.inf), dim=2)
    return weights if z is None else weights * torch.exp(-(k - centre) ** 2 / (2 * (reach / 2) ** 2))


def attention_weights(score, parameters, name, queries, memory, lengths, local=None, first=0, reach=2):
    """softmax of the score over the real keys, all or those near; [B, Q, K]."""
    if score == "dot":
        s = queries @ memory.transpose(1, 2)
    elif score == "general":
        s = queries @ (memory @ parameters[f"{name}.weight"].T).transpose(1, 2)
    elif score == "additive":
        query = queries @ parameters[f"{name}.query.weight"].T
        key = memory @ parameters[f"{name}.key.weight"].T
        s = torch.tanh(query[:, :, None, :] + key[:, None, :, :]) @ parameters[f"{name}.v"]
    elif score == "scaled_dot":
        s = queries @ memory.transpose(1, 2) / queries.shape[2] ** 0.5
    elif score == "cosine":
        s = parameters[f"{name}.sharpness"] * torch.cosine_similarity(queries[:, :, None], memory[:, None], dim=3)
    elif score == "location":
        s = queries @ parameters[f"{name}.weight"][:memory.shape[1]].T
    else:
        raise ValueError(score)
    if local == "monotonic":
        return local_softmax(s, None, lengths, first, reach)
    if local == "predictive":
        z = torch.tanh(queries @ parameters[f"{name}.place.weight"].T) @ parameters[f"{name}.place_v.weight"].T
        return local_softmax(s, z, lengths, first, reach)
    if lengths is not None:
        real = torch.arange(memory.shape[1])[None, :] < torch.tensor(lengths)[:, None]
        s = s.masked_fill(~real[:, None, :], -torch.inf)
    return torch.softmax(s, dim=2)


def score_parameters(score, name, query_size, key_size):
    if score == "general":
        return [(f"{name}.weight", (query_size, key_size))]
    if score == "additive":
        return [(f"{name}.query.weight", (query_size, query_size)), (f"{name}.key.weight", (query_size, key_size)),
                (f"{name}.v", (query_size,))]
    if score == "cosine":
        return [(f"{name}.sharpness", (1,))]
    if score == "location":
        return [(f"{name}.weight", (256, query_size))]
    return []


def parameter_shapes(c, source_vocabulary, target_vocabulary):
    memory, hidden, cell = 2 * c["encoder_hidden"], c["decoder_hidden"], c.get("cell", "lstm")
    yield "encoder.embedding.weight", (source_vocabulary, c["source_embedding"])
    yield from recurrent_parameters(cell, f"encoder.{cell}", c["source_embedding"], c["encoder_hidden"], c["encoder_layers"], True)
    yield from decoder_shapes(c, memory, memory != hidden, target_vocabulary)


def decoder_shapes(c, memory, bridged, target_vocabulary):
    hidden, cell = c["decoder_hidden"], c.get("cell", "lstm")
    yield "decoder.embedding.weight", (target_vocabulary, c["target_embedding"])
    fed = (hidden if c["input_feeding"] else 0) + (memory if c.get("attend") == "before" else 0)
    yield from recurrent_parameters(cell, f"decoder.{cell}", c["target_embedding"] + fed, hidden, c["decoder_layers"], False)
    if bridged:
        for part in "hc" if cell == "lstm" else "h":
            yield f"bridge.{part}.weight", (hidden, memory)
            yield f"bridge.{part}.bias", (hidden,)
    yield from score_parameters(c["score"], "decoder.attention", hidden, memory)
    if c.get("local") == "predictive":
        yield "decoder.attention.place.weight", (hidden, hidden)
        yield "decoder.attention.place_v.weight", (1, hidden)
    yield "decoder.combine.weight", (hidden, (0 if c.get("vector") == "once" else memory) + hidden)
    yield "decoder.combine.bias", (hidden,)
    yield "decoder.output.weight", (target_vocabulary, hidden)
    yield "decoder.output.bias", (target_vocabulary,)


def begun(p, part, state):
    return torch.tanh(state @ p[f"bridge.{part}.weight"].T + p[f"bridge.{part}.bias"])


def seq2seq_logits(c, p, source, source_lengths, target_in):
    """source [B, S], target_in [B, T]; logits [B, T, V]."""
    memory_size, hidden, cell = 2 * c["encoder_hidden"], c["decoder_hidden"], c.get("cell", "lstm")
    encoder = torch_recurrent(cell, p, f"encoder.{cell}", c["source_embedding"], c["encoder_hidden"],
                              c["encoder_layers"], True)
    memory, last = run_recurrent(encoder, p["encoder.embedding.weight"][source], source_lengths)
    h, c_state = last if cell == "lstm" else (last, None)

    def both_directions(state):  # [layers * 2, B, hidden] -> one [B, 2 hidden] per layer
        return [torch.cat([state[2 * layer], state[2 * layer + 1]], dim=1) for layer in range(c["encoder_layers"])]

    def begin(states, part):  # decoder layer l begins in encoder layer l, or in its last one
        states = [states[min(layer, c["encoder_layers"] - 1)] for layer in range(c["decoder_layers"])]
        if memory_size != hidden:
            states = [begun(p, part, s) for s in states]
        return torch.stack(states)

    summary = both_directions(h)[-1]
    state = begin(both_directions(h), "h")
    if cell == "lstm":
        state = state, begin(both_directions(c_state), "c")
    return decoder_logits(c, p, memory, source_lengths, summary, state, target_in)


def decoder_logits(c, p, memory, lengths, summary, state, target_in):
    """memory [B, S, D] of the lengths, summary [B, D], state as PyTorch's module takes it."""
    memory_size, hidden, cell = memory.shape[2], c["decoder_hidden"], c.get("cell", "lstm")
    before = c.get("attend") == "before"
    fed = (hidden if c["input_feeding"] else 0) + (memory_size if before else 0)
    decoder = torch_recurrent(cell, p, f"decoder.{cell}", c["target_embedding"] + fed, hidden, c["decoder_layers"],
                              False)
    embedded = p["decoder.embedding.weight"][target_in]

    def context_of(queries, first=0):
        if c["score"] == "none":
            return summary[:, None, :].expand(-1, queries.shape[1], -1)
        return attention_weights(c["score"], p, "decoder.attention", queries, memory, lengths, c.get("local"),
                                 first, c.get("reach", 2)) @ memory

    def read_out(h_steps, context):
        joined = h_steps if c.get("vector") == "once" else torch.cat([context, h_steps], dim=2)
        return torch.tanh(joined @ p["decoder.combine.weight"].T + p["decoder.combine.bias"])

    if not c["input_feeding"] and not before:
        h_steps = decoder(embedded, state)[0]
        readout = read_out(h_steps, context_of(h_steps))
    else:
        last, steps = torch.zeros(memory.shape[0], 1, hidden, dtype=torch.float64), []
        for t in range(target_in.shape[1]):
            inputs = [embedded[:, t:t + 1]] + ([last] if c["input_feeding"] else [])
            if before:
                context = context_of((state[0] if cell == "lstm" else state)[-1][:, None], t)
                inputs.append(context)
            y, state = decoder(torch.cat(inputs, dim=2), state)
            last = read_out(y, context if before else context_of(y, t))
            steps.append(last)
        readout = torch.cat(steps, dim=1)
    return readout @ p["decoder.output.weight"].T + p["decoder.output.bias"]
