"""python3 bench/peers/export_onnx.py FOLDER: the models as FOLDER/onnx/*.onnx (opset 17) for ONNX Runtime; those that
decode as an encoder and one step, as its users run them. Files that are there already are left alone."""
import os
import sys
import warnings

import torch
from torch import nn

from torch_models import Classifier, Speech, Translator, read


class TranslatorEncoder(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, source):
        return tuple(x for pair in self.model.cross_keys(source) for x in pair)


class TranslatorStep(nn.Module):
    """Takes keys and values as one list: those so far of every layer, then those of the source."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, token, position, *states):
        m, layers = self.model, len(self.model.decoder)
        pairs = [states[i:i + 2] for i in range(0, len(states), 2)]
        x = m.table(token) * m.c['d'] ** 0.5 + m.positions[position]
        logits, now = m.step(x, pairs[:layers], pairs[layers:])
        return (logits, *(x for pair in now for x in pair))


def export(folder, name, model, inputs, input_names, output_names, axes):
    path = os.path.join(folder, name + '.onnx')
    if not os.path.exists(path):
        torch.onnx.export(model.eval(), inputs, path + '.part', input_names=input_names, output_names=output_names,
                          dynamic_axes=axes, opset_version=17)
        os.rename(path + '.part', path)


def speech(folder, data):
    c, t = read(data, 'M1')
    model = Speech(c, t).eval()
    memory, keys, h, state = model.encoder(t['src'])
    grows = {'memory': {1: 'S'}, 'keys': {1: 'S'}}
    export(folder, 'M1.encoder', model.encoder, (t['src'],), ['source'], ['memory', 'keys', 'h', 'c'],
           {'source': {1: 'S'}, **grows})
    export(folder, 'M1.step', model.step, (torch.tensor([c['bos']]), h, state, memory, keys),
           ['token', 'h', 'c', 'memory', 'keys'], ['logits', 'next_h', 'next_c'], grows)


def translator(folder, data):
    c, t = read(data, 'M2')
    model = Translator(c, t).eval()
    layers, size = range(c['decLayers']), c['d'] // c['heads']
    cross, past, now = ([f'{kind}_{x}{j}' for j in layers for x in 'kv'] for kind in ('cross', 'past', 'now'))
    export(folder, 'M2.encoder', TranslatorEncoder(model), (t['src'],), ['source'], cross,
           {'source': {1: 'S'}, **{name: {2: 'S'} for name in cross}})
    sources = [x for pair in model.cross_keys(t['src']) for x in pair]
    some = [torch.zeros(1, c['heads'], 3, size) for _ in past]
    export(folder, 'M2.step', TranslatorStep(model), (torch.tensor([[c['bos']]]), torch.tensor([3]), *some, *sources),
           ['token', 'position', *past, *cross], ['logits', *now],
           {**{name: {2: 'P'} for name in past}, **{name: {2: 'N'} for name in now},
            **{name: {2: 'S'} for name in cross}})


def main():
    data = sys.argv[1]
    folder = os.path.join(data, 'onnx')
    os.makedirs(folder, exist_ok=True)
    warnings.simplefilter('ignore') # tracing says of every constant that it is one
    with torch.no_grad():
        speech(folder, data)
        translator(folder, data)
        for name in ('M3', 'M4'):
            c, t = read(data, name)
            export(folder, name, Classifier(c, t), (t['x'],), ['ids'], ['logits'], {'ids': {0: 'B', 1: 'T'}})


main()
