import { distance } from "fastest-levenshtein";

/** Shorter beginnings begin too many words. */
const leastBeginning = 3;

/** The known word that was probably meant, or undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  if (best && best.far <= Math.max(2, Math.floor(word.length / 3))) return best.candidate;
  if (word.length < leastBeginning) return undefined;
  return ranked.find(({ candidate }) => candidate.toLowerCase().startsWith(lower))?.candidate;
}

/** `did you mean "x"?`, or the known words where none is near. */
export function hintFor(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return known.length === 0 ? "there is none" : `known: ${known.join(", ")}`;
}

/** What `hintFor` says, as a sentence. */
export function adviceFor(word: string, known: readonly string[]): string {
  const hint = hintFor(word, known);
  return `${hint.charAt(0).toUpperCase()}${hint.slice(1)}${hint.endsWith("?") ? "" : "."}`;
}

/** As `adviceFor`, where the known words are too many to be named; `otherwise` says where they are listed. */
export function adviceAmongMany(word: string, known: readonly string[], otherwise: string): string {
  const meant = nearest(word, known);
  return meant === undefined ? otherwise : `Did you mean "${meant}"? ${otherwise}`;
}
