/** A path with parameters (`/webhooks/shopify/:tenant`), taken apart once. */
export type PathPattern = {
  readonly text: string;
  readonly segments: readonly string[];
  /** Names of the parameters, in order; empty: the path is fixed. */
  readonly names: readonly string[];
};

/** Takes a path apart. */
export function pathPattern(text: string): PathPattern {
  const segments = text.split("/");
  return { text, segments, names: segments.filter(isParameter).map((part) => part.slice(1)) };
}

/** The parameters' values (percent-decoded) where `path` fits, else undefined. An empty value never fits. */
export function matchPath(pattern: PathPattern, path: string): Record<string, string> | undefined {
  const parts = path.split("/");
  if (parts.length !== pattern.segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, segment] of pattern.segments.entries()) {
    const part = parts[at] as string;
    if (!isParameter(segment)) {
      if (segment !== part) return undefined;
      continue;
    }
    const value = decode(part);
    if (value === undefined || value === "") return undefined;
    params[segment.slice(1)] = value;
  }
  return params;
}

function isParameter(segment: string): boolean {
  return segment.startsWith(":");
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
