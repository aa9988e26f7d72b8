"""python3 bench/peers/golden.py FOLDER: writes golden.json beside the tensors of bench/data.mjs: tokens and the last
step's first logits by PyTorch in float32, the losses of five training steps in float64 (in float32 Adam makes
full-size steps of the rounding of gradients near zero; M5's losses then differ by up to 1e-2)."""
import json
import os
import sys

import torch

from torch_models import inference, optimizer, step, training

folder = sys.argv[1]
golden = {}
with torch.inference_mode():
    for name in ('M1', 'M2', 'M3', 'M4'):
        model, source = inference(folder, name)
        found = model(source)
        if name in ('M1', 'M2'):
            golden[name] = {'tokens': found[0][0].tolist(), 'logits': found[1][0, :48].tolist()}
        else:
            golden[name] = {'logits': found[0].tolist()}
for name in ('M3', 'M4', 'M5'):
    model, inputs, targets, config = training(folder, name, torch.float64)
    adam = optimizer(model, config)
    golden.setdefault(name, {})['losses'] = [step(model, adam, inputs, targets) for _ in range(5)]
with open(os.path.join(folder, 'golden.json'), 'w') as file:
    file.write('{\n' + ',\n'.join(f' "{name}": {json.dumps(values)}' for name, values in golden.items()) + '\n}\n')
