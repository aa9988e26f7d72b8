import type { Forms } from './index';

/** `plural('ru', 5, { one: 'буква', few: 'буквы', many: 'букв', other: 'буквы' })` is `5 букв`. */
export function plural(language: string, count: number, forms: Forms): string {
  const form = new Intl.PluralRules(language).select(count) as keyof Forms;
  return `${new Intl.NumberFormat(language).format(count)} ${forms[form] ?? forms.other}`;
}
