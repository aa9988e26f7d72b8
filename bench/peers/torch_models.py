"""The compared models in PyTorch, filled with the tensors that bench/data.mjs wrote."""
import json
import math
import os

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def read(folder, name):
    """The config and the tensors of a model, ids as int64."""
    with open(os.path.join(folder, name + '.json')) as file:
        manifest = json.load(file)
    raw = np.fromfile(os.path.join(folder, name + '.bin'), np.uint8)
    tensors = {}
    for entry in manifest['tensors']:
        size = 4 * int(np.prod(entry['shape']))
        values = raw[entry['offset']:entry['offset'] + size].view(np.float32 if entry['dtype'] == 'f32' else np.int32)
        tensor = torch.from_numpy(values.reshape(entry['shape']).copy())
        tensors[entry['name']] = tensor if entry['dtype'] == 'f32' else tensor.long()
    return manifest['config'], tensors


def filled(module, **values):
    """The module with its parameters set; what is not given is zero and stays so."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name in values:
                parameter.copy_(values[name])
            else:
                parameter.zero_()
                parameter.requires_grad_(False)
    return module


def linear(t, weight, bias=None):
    out, into = t[weight].shape
    values = {'weight': t[weight]} if bias is None else {'weight': t[weight], 'bias': t[bias]}
    return filled(nn.Linear(into, out, bias=bias is not None), **values)


def recurrent(kind, t, *names):
    """nn.LSTM or nn.RNN; the second name is the backward direction. PyTorch's second bias is zero."""
    hidden, into = t[names[0] + '.w_hh'].shape[1], t[names[0] + '.w_ih'].shape[1]
    values = {}
    for name, suffix in zip(names, ('', '_reverse')):
        values.update({f'weight_ih_l0{suffix}': t[name + '.w_ih'], f'weight_hh_l0{suffix}': t[name + '.w_hh'],
                       f'bias_ih_l0{suffix}': t[name + '.b']})
    return filled(kind(into, hidden, bidirectional=len(names) == 2), **values)


def embedding(table):
    return nn.Embedding.from_pretrained(table.clone(), freeze=False)


class SpeechEncoder(nn.Module):
    def __init__(self, t):
        super().__init__()
        self.embedding = embedding(t['src_emb'])
        self.lstm = recurrent(nn.LSTM, t, 'enc_fw', 'enc_bw')
        self.keys = linear(t, 'attn.w')

    def forward(self, source):  # [1, S] -> memory and keys [1, S, D], h and c [1, D]
        memory, (h, c) = self.lstm(self.embedding(source).transpose(0, 1))
        memory = memory.transpose(0, 1)
        return memory, self.keys(memory), torch.cat([h[0], h[1]], 1), torch.cat([c[0], c[1]], 1)


class SpeechStep(nn.Module):
    def __init__(self, t):
        super().__init__()
        hidden, into = t['dec.w_hh'].shape[1], t['dec.w_ih'].shape[1]
        self.embedding = embedding(t['tgt_emb'])
        self.cell = filled(nn.LSTMCell(into, hidden), weight_ih=t['dec.w_ih'], weight_hh=t['dec.w_hh'],
                           bias_ih=t['dec.b'])
        self.combine = linear(t, 'combine.w')
        self.output = linear(t, 'out.w', 'out.b')

    def forward(self, token, h, c, memory, keys):
        h, c = self.cell(self.embedding(token), (h, c))
        weights = torch.softmax(torch.bmm(keys, h.unsqueeze(2)).squeeze(2), 1)
        context = torch.bmm(weights.unsqueeze(1), memory).squeeze(1)
        return self.output(torch.tanh(self.combine(torch.cat([context, h], 1)))), h, c


class Speech(nn.Module):
    """M1: all greedy steps; no token ends the output."""

    def __init__(self, c, t):
        super().__init__()
        self.encoder, self.step = SpeechEncoder(t), SpeechStep(t)
        self.steps, self.bos = c['steps'], c['bos']

    def forward(self, source):
        memory, keys, h, c = self.encoder(source)
        token, tokens = torch.full((1,), self.bos, dtype=torch.long), []
        for _ in range(self.steps):
            logits, h, c = self.step(token, h, c, memory, keys)
            token = logits.argmax(1)
            tokens.append(token)
        return torch.stack(tokens, 1), logits


class Attention(nn.Module):
    def __init__(self, c, t, name):
        super().__init__()
        self.q, self.k, self.v, self.o = (linear(t, f'{name}.w{part}', f'{name}.b{part}') for part in 'qkvo')
        self.heads, self.size = c['heads'], c['d'] // c['heads']

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, self.size).transpose(1, 2)

    def keys(self, x):
        return self.split(self.k(x)), self.split(self.v(x))

    def forward(self, x, k, v, mask=None):
        scores = self.split(self.q(x)) @ k.transpose(2, 3) / math.sqrt(self.size)
        if mask is not None:
            scores = scores + mask
        y = (torch.softmax(scores, -1) @ v).transpose(1, 2)
        return self.o(y.reshape(x.shape[0], x.shape[1], self.heads * self.size))


def norm(c, t, name):
    return filled(nn.LayerNorm(c['d'], eps=c['lnEps']), weight=t[name + '.g'], bias=t[name + '.b'])


class Layer(nn.Module):
    """Post-norm (Vaswani 2017); with `cross` a decoder's."""

    def __init__(self, c, t, name, cross):
        super().__init__()
        self.own, self.norm1 = Attention(c, t, name + '.sa'), norm(c, t, name + '.ln1')
        self.cross = Attention(c, t, name + '.ca') if cross else None
        self.norm2 = norm(c, t, name + '.ln2')
        self.norm3 = norm(c, t, name + '.ln3') if cross else None
        self.inner = linear(t, name + '.ff.w1', name + '.ff.b1')
        self.outer = linear(t, name + '.ff.w2', name + '.ff.b2')

    def forward(self, x, k, v, mask=None, memory=None):
        """Keys and values of the layer's own attention; `memory` are those of the other side."""
        x = self.norm1(x + self.own(x, k, v, mask))
        if self.cross is not None:
            x = self.norm2(x + self.cross(x, *memory))
        y = x + self.outer(torch.relu(self.inner(x)))
        return self.norm3(y) if self.cross is not None else self.norm2(y)


class Translator(nn.Module):
    """M2 and M5."""

    def __init__(self, c, t):
        super().__init__()
        self.table = embedding(t['emb'])
        self.register_buffer('positions', t['pe'].clone())
        self.encoder = nn.ModuleList(Layer(c, t, f'enc{i}', False) for i in range(c['encLayers']))
        self.decoder = nn.ModuleList(Layer(c, t, f'dec{i}', True) for i in range(c['decLayers']))
        self.c = c

    def embed(self, ids, start=0):
        return self.table(ids) * math.sqrt(self.c['d']) + self.positions[start:start + ids.shape[1]]

    def encode(self, source):
        x = self.embed(source)
        for layer in self.encoder:
            x = layer(x, *layer.own.keys(x))
        return x

    def cross_keys(self, source):
        memory = self.encode(source)
        return [layer.cross.keys(memory) for layer in self.decoder]

    def step(self, x, past, cross):
        """One token [1, 1, d]; `past` are the keys and values so far of each layer, grown by this one."""
        now = []
        for layer, old, memory in zip(self.decoder, past, cross):
            k, v = layer.own.keys(x)
            k, v = torch.cat([old[0], k], 2), torch.cat([old[1], v], 2)
            now.append((k, v))
            x = layer(x, k, v, None, memory)
        return F.linear(x, self.table.weight)[:, 0], now

    def forward(self, source, target):
        memory, x = self.encode(source), self.embed(target)
        n = target.shape[1]
        mask = torch.full((n, n), -math.inf, dtype=x.dtype).triu(1)
        for layer in self.decoder:
            x = layer(x, *layer.own.keys(x), mask, layer.cross.keys(memory))
        return F.linear(x, self.table.weight)


class Greedy(nn.Module):
    """M2: greedy decoding with a cache of keys and values."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, source):
        m, c = self.model, self.model.c
        cross = m.cross_keys(source)
        past = [(torch.zeros(1, c['heads'], 0, c['d'] // c['heads']),) * 2 for _ in cross]
        token, tokens = torch.full((1, 1), c['bos'], dtype=torch.long), []
        for i in range(c['steps']):
            logits, past = m.step(m.embed(token, i), past, cross)
            token = logits.argmax(1, keepdim=True)
            tokens.append(token)
        return torch.cat(tokens, 1), logits


class Classifier(nn.Module):
    """M3 and M4: the last state decides."""

    def __init__(self, c, t):
        super().__init__()
        self.table = embedding(t['emb'])
        self.rnn = recurrent(nn.LSTM if c['cell'] == 'lstm' else nn.RNN, t, 'rnn')
        self.output = linear(t, 'out.w', 'out.b')

    def forward(self, ids):
        states, _ = self.rnn(self.table(ids).transpose(0, 1))
        return self.output(states[-1])


def inference(folder, name):
    """A module and its input. A decoder gives (tokens, logits), a classifier logits."""
    c, t = read(folder, name)
    if name == 'M1':
        return Speech(c, t).eval(), t['src']
    if name == 'M2':
        return Greedy(Translator(c, t)).eval(), t['src']
    return Classifier(c, t).eval(), t['x']


def training(folder, name, dtype=torch.float32):
    """A module, its inputs, the targets, and the config; the loss is the mean cross-entropy."""
    c, t = read(folder, 'M2' if name == 'M5' else name)
    if name == 'M5':
        return (Translator(c, t).to(dtype).train(), (t['train_src'], t['train_tgt'][:, :-1].contiguous()),
                t['train_tgt'][:, 1:].reshape(-1), c)
    return Classifier(c, t).to(dtype).train(), (t['train_x'],), t['train_y'], c


def optimizer(model, c):
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=c['lr'])


def step(forward, adam, inputs, targets):
    """One training step; returns the loss before it."""
    adam.zero_grad()
    logits = forward(*inputs)
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets)
    loss.backward()
    adam.step()
    return float(loss.detach())
