/** Where the bytes of the engine's memory are while it pronounces the reader's word. */
import { defineFigure } from '../../lib/figure';
import { ATTENTION } from '../../lib/networks';
import { integer, text } from '../../lib/params';
import { MemoryMapView } from './view';

export default defineFigure({
  id: 'memory-map',
  models: [ATTENTION],
  params: { word: text('memory', 64), beam: integer(1, 1, 10) },
  mount: (host, context) => new MemoryMapView(host, context, context.models[ATTENTION]!),
});
