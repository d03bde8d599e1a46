/**
 * Currencies whose smallest unit isn't a hundredth: https://docs.stripe.com/currencies. (ISK and UGX have none
 * smaller either, but Stripe writes them in hundredths.)
 */
const withoutUnits = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" ");
const inThousandths = "bhd jod kwd omr tnd".split(" ");

/** An amount of Stripe's as people write it: 4200 of `usd` is 42, of `jpy` 4200. */
export function majorUnits(amount: number, currency: string): number {
  const name = currency.toLowerCase();
  if (withoutUnits.includes(name)) return amount;
  return amount / (inThousandths.includes(name) ? 1000 : 100);
}
