"""python3 bench/peers/torch_bench.py --model M1 --data FOLDER [--task train] [--threads 1] [--traced] [--seconds 3]
One model in PyTorch: the JSON lines of `heed bench --model M1 --json`. --traced: through torch.jit.trace."""
import argparse
import json
import os
import resource
import statistics
import sys
import time

BEGAN = time.perf_counter() - time.process_time()
parser = argparse.ArgumentParser()
parser.add_argument('--model', required=True)
parser.add_argument('--data', required=True)
parser.add_argument('--task', default='infer')
parser.add_argument('--threads', type=int, default=1)
parser.add_argument('--traced', action='store_true')
parser.add_argument('--seconds', type=float, default=3)
options = parser.parse_args()

for name in [name for name in os.environ if name.startswith('OPENBLAS_') and name != 'OPENBLAS_VERBOSE']:
    del os.environ[name]  # a system may ask for AVX2's kernels for all machines alike; a user gets the processor's best

import torch  # noqa: E402 the time it takes to load is part of init_ms

torch.set_num_threads(options.threads)
import torch_models as models  # noqa: E402

TRAINING = options.task == 'train'
peer = f'torch-{torch.__version__.split("+")[0]}{"/traced" if options.traced else ""}'
peer += f'/{options.threads}t' if options.threads > 1 else ''


def put(metric, value, **more):
    value = float(f'{value:.5g}') if isinstance(value, float) else value
    print(json.dumps({'peer': peer, 'model': options.model, 'metric': metric, 'value': value, **more}), flush=True)


def difference(found, expected):
    return max(abs(a - b) for a, b in zip(found, expected))


def demand(error, allowed):
    if not error <= allowed:
        sys.exit(f'the results are not the expected ones: off by {error}')


def measure(call):
    began = time.perf_counter()
    for i in range(10):
        if i < 2 or time.perf_counter() - began < min(1, options.seconds):
            call()
    times, began, processor = [], time.perf_counter(), time.process_time()
    while len(times) < 5000 and (len(times) < 5 or time.perf_counter() - began < options.seconds):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    processor = (time.process_time() - processor) * 1e3 / len(times)
    times.sort()
    five = [float(f'{x:.5g}') for x in (times[len(times) // 10], times[0], processor)]
    return statistics.median(times), dict(zip(('n', 'p10', 'min', 'cpu'), (len(times), *five)))


def infer(golden):
    model, source = models.inference(options.data, options.model)
    with torch.inference_mode():
        if options.traced:
            model = torch.jit.freeze(torch.jit.trace(model, source, check_trace=False))
        found = model(source)
        put('init_ms', (time.perf_counter() - BEGAN) * 1e3)
        tokens = found[0][0].tolist() if isinstance(found, tuple) else None
        if tokens is not None:
            put('tokens_ok', tokens == golden['tokens'])
            demand(float(tokens != golden['tokens']), 0)
        error = difference((found if tokens is None else found[1])[0].tolist(), golden['logits'])
        put('max_abs_err', error)
        demand(error, 1e-3)
        ms, figures = measure(lambda: model(source))
    put('latency_ms', ms, **figures)
    if tokens is not None:
        put('tokens_per_s', len(tokens) * 1e3 / ms)


def train(golden):
    model, inputs, targets, config = models.training(options.data, options.model)
    adam = models.optimizer(model, config)
    forward = torch.jit.trace(model, inputs, check_trace=False) if options.traced else model
    losses = [models.step(forward, adam, inputs, targets) for _ in range(5)]
    error = difference(losses, golden['losses'])
    put('train_loss_err', error)
    demand(error, 2e-2 if options.model == 'M5' else 1e-4)
    ms, figures = measure(lambda: models.step(forward, adam, inputs, targets))
    put('train_step_ms', ms, **figures)
    put('train_examples_per_s', config['batch'] * 1e3 / ms)
    if options.model == 'M5':
        put('train_target_tokens_per_s', config['batch'] * config['trainTgtLen'] * 1e3 / ms)


with open(os.path.join(options.data, 'golden.json')) as file:
    expected = json.load(file)[options.model]
(train if TRAINING else infer)(expected)
put('train_peak_rss_mb' if TRAINING else 'peak_rss_mb', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
