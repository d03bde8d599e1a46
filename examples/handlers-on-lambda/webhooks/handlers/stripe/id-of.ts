/** The id of what Stripe refers to by it, or sends in full. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string {
  return typeof reference === "object" ? (reference?.id ?? "unknown") : (reference ?? "unknown");
}
