// What there is to run in tests/bench/data.
export const runs = [
  { model: 'M1', file: 'M1', task: 'infer' },
  { model: 'M2', file: 'M2', task: 'infer' },
  { model: 'M3', file: 'M3', task: 'infer' },
  { model: 'M3', file: 'M3', task: 'train' },
  { model: 'M4', file: 'M4', task: 'infer' },
  { model: 'M4', file: 'M4', task: 'train' },
  { model: 'M5', file: 'M2', task: 'train' },
];
