/** A form's fields as senders sign them: each name with its values, sorted, and each once. */
export function sortedForm(body: Buffer): string {
  const fields = new URLSearchParams(body.toString("utf8"));
  return [...new Set(fields.keys())]
    .sort()
    .map((name) =>
      [...new Set(fields.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(""),
    )
    .join("");
}
