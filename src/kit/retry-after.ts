/** Milliseconds from `nowMs` that a `Retry-After` asks for, in seconds or as an HTTP date (RFC 9110, 10.2.3); undefined where it is neither. */
export function retryAfterMs(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = text.endsWith("GMT") ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
