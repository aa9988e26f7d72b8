/** What this machine does with the engine's kernels: plain C, SIMD, relaxed SIMD, each beside what its registers allow. */
import { defineFigure } from '../../lib/figure';
import { choice, integer } from '../../lib/params';
import { MachineView, type View } from './view';

export default defineFigure({
  id: 'machine',
  models: [],
  params: { view: choice<View>('rate', ['rate', 'percent']), rounds: integer(5, 1, 9) },
  mount: (host, context) => new MachineView(host, context),
});
