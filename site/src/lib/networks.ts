/** The two pronunciation networks that chapters compare. */
import { colour } from './notation';

export const ATTENTION = 'g2p-lstm-attn';
export const FIXED = 'g2p-lstm-fixed';
export const NETWORKS = [ATTENTION, FIXED] as const;
export const networkColour: Record<string, string> = {
  [ATTENTION]: colour.withAttention,
  [FIXED]: colour.withoutAttention,
};
