import {
  Aws,
  CfnCondition,
  type CfnParameter,
  Fn,
  type RemovalPolicy,
  SecretValue,
  Stack,
  Validations,
} from "aws-cdk-lib";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { GatewayFunction } from "./gateway-function.ts";
import { deployedLength } from "./size-mistakes.ts";
import { tell } from "./told.ts";

/**
 * Where a secret of the definition is: a secret of Secrets Manager (a field of it, where it holds JSON),
 * or a parameter of the stack, to be `noEcho`, that fills a secret of the stack. An empty one leaves that
 * without a value: the secret is missing.
 */
export type SecretPlace =
  | { readonly secret: ISecret | Secret; readonly field?: string }
  | { readonly parameter: CfnParameter };

/** Secrets of the definition on AWS. */
export type SecretPlacesProps = {
  readonly given: Readonly<Record<string, SecretPlace>>;
  readonly removalPolicy: RemovalPolicy;
};

/** The place of a secret. `isShared`: a secret that was made here, whose fields have the names of the definition. */
type Placed = {
  readonly secret: ISecret | Secret;
  readonly field: string | undefined;
  readonly isShared?: boolean;
};

/** Characters that Secrets Manager takes of a description. */
const mostDescription = 2048;

const rotation =
  "The sender issues it: it is changed there first, and both values are live until the old one is removed.";

/** Finds or makes the place of each secret; a function is told and granted those that it uses. */
export class SecretPlaces extends Construct {
  readonly #placed = new Map<string, Placed>();
  readonly #props: SecretPlacesProps;

  constructor(scope: Construct, id: string, props: SecretPlacesProps) {
    super(scope, id);
    this.#props = props;
    for (const [name, place] of Object.entries(props.given)) {
      this.#placed.set(name, this.#placeOf(name, place));
    }
  }

  #placeOf(name: string, place: SecretPlace): Placed {
    if ("secret" in place) return { secret: place.secret, field: place.field };
    const { parameter } = place;
    const isGiven = new CfnCondition(this, `Has${name}`, {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, "")),
    });
    const value = Fn.conditionIf(isGiven.logicalId, parameter.valueAsString, Aws.NO_VALUE);
    const secret = new Secret(this, name, {
      // No plain text: what stands in the template is a reference to the parameter.
      secretStringValue: SecretValue.unsafePlainText(value.toString()),
      removalPolicy: this.#props.removalPolicy,
    });
    acknowledge(secret, { SMG4: rotation });
    Validations.of(secret).acknowledge({
      id: "CloudFormation-Validate::W1030",
      reason: "Where the parameter is empty the secret gets no value at all.",
    });
    return { secret, field: undefined };
  }

  /**
   * Makes a secret of JSON with a field for each name that has no place yet, to be filled after the
   * deployment; until a field is there its secret is missing. Undefined where each has one.
   */
  make(id: string, names: readonly string[]): Secret | undefined {
    const missing = names.filter((name) => !this.#placed.has(name));
    if (missing.length === 0) return undefined;
    const secret = new Secret(this, id, {
      description: cut(`JSON with ${missing.join(", ")}`),
      // Without a value it would be one random text; so it is JSON from the first on.
      generateSecretString: { secretStringTemplate: "{}", generateStringKey: "made" },
      removalPolicy: this.#props.removalPolicy,
    });
    acknowledge(secret, { SMG4: rotation });
    for (const name of missing) {
      this.#placed.set(name, { secret, field: name, isShared: true });
    }
    return secret;
  }

  /** Makes a secret of random text. */
  makeRandom(name: string): Secret {
    const secret = new Secret(this, name, {
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: this.#props.removalPolicy,
    });
    acknowledge(secret, {
      SMG4: "What it sealed could not be read with another; it never leaves AWS.",
    });
    this.#placed.set(name, { secret, field: undefined });
    return secret;
  }

  /** Lets a function read secrets, and tells it where they are. */
  give(to: GatewayFunction, names: readonly string[]): void {
    if (names.length === 0) return;
    allowReading(to, [...new Set(names.map((name) => this.secretOf(name)))]);
    tell(this, to, {
      variable: "SUREHOOK_SECRETS",
      namesVariable: "SUREHOOK_SECRET_PARAMETERS",
      // A part of a list is at most as long as a parameter.
      parts: this.#told(names).flatMap(parted),
      compose: joined,
      lengthOf: (some) => deployedLength(Stack.of(this), this.#json(joined(some))),
    });
  }

  /** Where they are, a text for each place, as outputs take them. */
  placesOf(names: readonly string[]): readonly string[] {
    return this.#told(names)
      .flatMap(parted)
      .map((place) => this.#json(place));
  }

  /** The secret that holds one of them. */
  secretOf(name: string): ISecret | Secret {
    return this.#place(name).secret;
  }

  #told(names: readonly string[]) {
    const placed = names.map((name) => ({ name, ...this.#place(name) }));
    const bySecret = Map.groupBy(placed, ({ secret }) => secret);
    return [...bySecret].flatMap(([secret, list]) => toldOf(secret.secretArn, list));
  }

  #place(name: string): Placed {
    const place = this.#placed.get(name);
    if (place === undefined) throw new Error(`The secret ${name} has no place.`);
    return place;
  }

  #json(value: unknown): string {
    return Stack.of(this).toJsonString(value);
  }
}

/** A place as functions are told of it: net/aws/secrets.ts reads it. */
type ToldSecret = {
  readonly id: string;
  readonly name?: string;
  readonly fields?: Readonly<Record<string, string>>;
};

/** What a function is told of one secret: as little as possible, since all its variables together have 4 KB. */
function toldOf(
  id: string,
  list: readonly (Placed & { readonly name: string })[],
): readonly ToldSecret[] {
  const whole = list.filter(({ field }) => field === undefined);
  const given = list.flatMap(({ name, field, isShared = false }) =>
    field === undefined || isShared ? [] : [[name, field] as const],
  );
  return [
    ...whole.map(({ name }) => ({ id, name })),
    ...(given.length === 0 ? [] : [{ id, fields: Object.fromEntries(given) }]),
    ...(list.some(({ isShared }) => isShared) ? [{ id }] : []),
  ];
}

/** Fields of one secret together again: its address is longer than many names. */
function joined(places: readonly ToldSecret[]): readonly ToldSecret[] {
  const lists = Map.groupBy(places, ({ id, fields }) => (fields === undefined ? undefined : id));
  return [...lists].flatMap(([id, list]) =>
    id === undefined ? list : [{ id, fields: Object.fromEntries(list.flatMap(fieldsOf)) }],
  );
}

function fieldsOf({ fields = {} }: ToldSecret) {
  return Object.entries(fields);
}

/** An output has 1,024 characters: an ARN, and so many names with their fields. */
const mostFields = 5;

function parted(place: ToldSecret): readonly ToldSecret[] {
  if (place.fields === undefined) return [place];
  const fields = Object.entries(place.fields);
  return Array.from({ length: Math.ceil(fields.length / mostFields) }, (_, n) => ({
    id: place.id,
    fields: Object.fromEntries(fields.slice(n * mostFields, (n + 1) * mostFields)),
  }));
}

function cut(text: string): string {
  return text.length <= mostDescription ? text : `${text.slice(0, mostDescription - 1)}…`;
}

/** `grantRead` of the CDK would let it describe the secrets too. One statement: a role's policies have 10 KB. */
function allowReading(to: GatewayFunction, secrets: readonly (ISecret | Secret)[]): void {
  // One that is found by its name ends with six characters that nobody knows here.
  const arns = secrets.map((secret) => secret.secretFullArn ?? `${secret.secretArn}-??????`);
  to.allow(["secretsmanager:GetSecretValue"], arns);
  for (const { encryptionKey } of secrets) encryptionKey?.grantDecrypt(to);
}
