/** What arrives and what is answered, and the secrets by which it is judged. */

/** Headers as they arrived: name, value, name, value. Names keep the sender's spelling. */
export type RawHeaders = readonly string[];

/** Values of a path's parameters, such as `tenant` in `/webhooks/shopify/:tenant`. */
export type PathParams = Readonly<Record<string, string>>;

/** What arrived, byte for byte. */
export type Request = {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly query: string;
  readonly params: PathParams;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** The client's address, after trusted proxies. */
  readonly remoteAddress: string;
};

/** What the sender is answered. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A reference to a secret; read when used, never kept in the config. */
export type SecretRef = {
  readonly kind: "secret";
  readonly name: string;
  readonly optional: boolean;
};

/** A live secret with the name it is known by, so that an event can say which one fitted. */
export type SecretValue = { readonly name: string; readonly value: string };
