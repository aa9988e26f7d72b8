/** The share of test words that both networks get right, by length; the reader's word is a mark on the axis. */
import { defineFigure } from '../../lib/figure';
import { text } from '../../lib/params';
import { NETWORKS } from '../../lib/networks';
import { fetchLengths } from '../../lib/records';
import { sharesOf } from './compute';
import { LengthAccuracyView } from './view';

export default defineFigure({
  id: 'length-accuracy',
  models: [],
  params: { word: text('communication', 64) },
  mount: async (host, context) =>
    new LengthAccuracyView(
      host,
      context,
      await Promise.all(
        NETWORKS.map(async (name) => ({
          name,
          label: context.strings.models[name] ?? name,
          shares: sharesOf(await fetchLengths(name)),
        })),
      ),
    ),
});
