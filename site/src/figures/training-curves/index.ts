/** How both networks learned: error and loss by epoch, from the logs that their training wrote. */
import { defineFigure } from '../../lib/figure';
import { choice } from '../../lib/params';
import { NETWORKS } from '../../lib/networks';
import { fetchLog } from '../../lib/records';
import type { Measure } from './compute';
import { TrainingCurvesView } from './view';

export default defineFigure({
  id: 'training-curves',
  models: [],
  params: { measure: choice<Measure>('wer', ['wer', 'per']) },
  mount: async (host, context) =>
    new TrainingCurvesView(
      host,
      context,
      await Promise.all(
        NETWORKS.map(async (name) => ({
          name,
          label: context.strings.models[name] ?? name,
          epochs: await fetchLog(name),
        })),
      ),
    ),
});
