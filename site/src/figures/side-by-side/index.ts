/** The reader's word, pronounced by the network with attention and by its twin without. */
import { defineFigure } from '../../lib/figure';
import { ATTENTION, FIXED } from '../../lib/networks';
import { text } from '../../lib/params';
import { SideBySideView } from './view';

export default defineFigure({
  id: 'side-by-side',
  models: [ATTENTION, FIXED],
  params: { word: text('unquestionably', 64) },
  mount: (host, context) => new SideBySideView(host, context),
});
