const RULES = new Intl.PluralRules('pt-BR');

/** Whether the noun after that number is singular: 1 dia, 1,5 dia, 2 dias. */
export function isSingular(count: number): boolean {
  return RULES.select(count) === 'one';
}

/** `1 chave`, `12 chaves`; `text` is the number already written. */
export function plural(count: number, text: string, one: string, many: string): string {
  return `${text} ${isSingular(count) ? one : many}`;
}
