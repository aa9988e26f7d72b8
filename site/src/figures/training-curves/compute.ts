/** From the networks' logs to curves. Pure, no DOM. */
import type { Table } from '../../lib/figure';
import type { Strings } from '../../lib/i18n';
import type { Epoch } from '../../lib/records';

export type Measure = 'wer' | 'per';
export interface Network {
  name: string;
  label: string;
  epochs: Epoch[];
}

const FIELD = { wer: 'dev_wer', per: 'dev_per' } as const;

export const errorCurve = (epochs: Epoch[], measure: Measure) =>
  epochs.map((one) => ({ x: one.epoch, y: one[FIELD[measure]] }));
export const lossCurve = (epochs: Epoch[], of: 'loss' | 'dev_loss') =>
  epochs.map((one) => ({ x: one.epoch, y: one[of] }));
export const best = (epochs: Epoch[], measure: Measure): number =>
  Math.min(...epochs.map((one) => one[FIELD[measure]]));

export function tableOf(networks: Network[], strings: Strings): Table {
  const { title, model, epochColumn, lossColumn, devLossColumn, seconds } = strings.figures['training-curves'];
  return {
    caption: title,
    columns: [model, epochColumn, lossColumn, devLossColumn, 'PER', 'WER', seconds],
    rows: networks.flatMap(({ label, epochs }) =>
      epochs.map((one) => [
        label,
        one.epoch,
        one.loss,
        one.dev_loss,
        one.dev_per,
        one.dev_wer,
        Math.round(one.seconds),
      ]),
    ),
  };
}
