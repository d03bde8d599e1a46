/** CloudEvents 1.0 over HTTP, by the official library, which is loaded when the first one is made. */

/** An event's attributes, `id` and the like; extensions among them. */
type Attributes = Readonly<Record<string, string>> & {
  readonly id: string;
  readonly source: string;
  readonly type: string;
};

/** `binary`: attributes as `ce-` headers beside the bytes. `structured`: all of it in one JSON object. */
export type CloudEventMode = "binary" | "structured";

/** Headers (name, value, in turn) and body of an event. JSON in `data` keeps its numbers as they are written. */
export async function encodeCloudEvent(
  attributes: Attributes,
  data: Buffer,
  options: { readonly mode: CloudEventMode; readonly isJson: boolean },
): Promise<{ readonly headers: string[]; readonly body: Buffer }> {
  const { CloudEvent, HTTP } = await import("cloudevents");
  const isOpen = options.mode === "structured" && options.isJson;
  const event = new CloudEvent({ ...attributes, data: isOpen ? exactJson(data) : data });
  const made = options.mode === "binary" ? HTTP.binary(event) : HTTP.structured(event);
  const headers = Object.entries(made.headers).flatMap(([name, value]) => [
    name,
    name.startsWith("ce-") ? encodeValue(String(value)) : String(value),
  ]);
  const body = options.mode === "binary" ? data : Buffer.from(String(made.body), "utf8");
  return { headers, body };
}

type WithSource = { readonly source?: string };
type RawJson = { readonly rawJSON: (text: string) => unknown };

/** A number that a double can't hold would come out as another: it is kept as text that JSON takes as it is. */
function exactJson(bytes: Buffer): unknown {
  const exact = (_name: string, value: unknown, { source }: WithSource = {}): unknown =>
    typeof value !== "number" || source === undefined || String(value) === source
      ? value
      : (JSON as JSON & RawJson).rawJSON(source);
  return JSON.parse(bytes.toString("utf8"), exact);
}

/** As the HTTP binding asks (3.1.3.2): what isn't printable ASCII, and `"` and `%`, in percent-encoding. */
function encodeValue(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(/[^\x21-\x7e]|["%]/gu, (character) =>
      Buffer.from(character, "utf8").toString("hex").replaceAll(/../g, "%$&").toUpperCase(),
    );
}
