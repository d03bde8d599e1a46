/**
 * Currencies whose smallest unit isn't a hundredth (https://docs.stripe.com/currencies). ISK and UGX have no
 * smaller unit either, but Stripe writes them in hundredths.
 */
const decimals = new Map([
  ..."bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" ").map(to(0)),
  ..."bhd jod kwd omr tnd".split(" ").map(to(3)),
]);

/** An amount of Stripe's as people write it: 4200 of `usd` is 42, of `jpy` 4200. */
export function majorUnits(amount: number, currency: string): number {
  return amount / 10 ** (decimals.get(currency.toLowerCase()) ?? 2);
}

function to(digits: number) {
  return (currency: string) => [currency, digits] as const;
}
