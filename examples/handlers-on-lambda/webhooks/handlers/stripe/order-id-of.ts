/** The order that a payment is for: what its metadata names, else the payment itself. */
export function orderIdOf(
  payment: { readonly id: string; readonly metadata?: Readonly<Record<string, string>> },
): string {
  const { id, metadata = {} } = payment;
  return metadata["orderId"] ?? metadata["order_id"] ?? id;
}
