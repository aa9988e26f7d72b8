/** The reader's word, pronounced by the network with attention: heatmap, five best at each step, beam. */
import { defineFigure } from '../../lib/figure';
import { ATTENTION } from '../../lib/networks';
import { integer, text } from '../../lib/params';
import { PronounceView } from './view';

export default defineFigure({
  id: 'pronounce',
  models: [ATTENTION],
  params: {
    word: text('attention', 64),
    beam: integer(1, 1, 10),
    rank: integer(0, 0, 9), // which of the beam's pronunciations is drawn
    step: integer(-1, -1, 99), // the chosen cell; -1: none
    letter: integer(-1, -1, 99),
  },
  mount: (host, context) => new PronounceView(host, context, context.models[ATTENTION]!),
});
