import { CfnOutput, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { Alarms } from "./alarms.ts";
import { Api } from "./api.ts";
import { codeFor } from "./bundling.ts";
import { CleanUp } from "./clean-up.ts";
import { DestinationResources } from "./destination-resources.ts";
import { ownDomain } from "./distribution.ts";
import { buildEdge, type Edge } from "./edge.ts";
import { Flow } from "./flow.ts";
import type { FunctionRole, FunctionSettings, GatewayFunction } from "./gateway-function.ts";
import { type GatewayFunctions, makeFunctions, rolesOf } from "./gateway-functions.ts";
import { LiveApi } from "./live-api.ts";
import type { Plan } from "./plan.ts";
import type { SurehookProps } from "./props.ts";
import { planOnAws, refuseSecond } from "./refusals.ts";
import { SecretPlaces } from "./secret-places.ts";
import { sizeMistakes } from "./size-mistakes.ts";
import { Store } from "./store.ts";
import { TokenRefresh } from "./token-refresh.ts";

/** The secret by which sealed values are sealed. */
const sealingKey = "SUREHOOK_KEY";
/** The secret that CloudFront shows. */
const originSecretName = "SUREHOOK_ORIGIN";

/** A stack has 200 outputs, and its owner wants some. A command is given what is past these by its environment. */
const mostSecretOutputs = 100;

/** A gateway on AWS: what its definition names is what gets built. */
export class Surehook extends Construct {
  readonly plan: Plan;
  /** Encrypts the functions' environments, and the topic of live clients. */
  readonly key: Key;
  readonly store: Store;
  readonly flow: Flow;
  readonly functions: GatewayFunctions;
  readonly destinations: DestinationResources;
  readonly api: Api;
  readonly live: LiveApi | undefined;
  readonly tokens: TokenRefresh | undefined;
  /** JSON with the senders' secrets, where they were given no other place. */
  readonly sourceSecrets: Secret | undefined;
  /** JSON with the destinations' secrets, where they were given no other place. */
  readonly destinationSecrets: Secret | undefined;
  /** The random text that tokens and learned secrets are sealed with, where there are any. */
  readonly sealingSecret: Secret | undefined;
  readonly alarms: Alarms;
  readonly edge: Edge;
  readonly #props: SurehookProps;
  readonly #removalPolicy: RemovalPolicy;
  readonly #stageName: string;

  constructor(scope: Construct, id: string, props: SurehookProps) {
    super(scope, id);
    refuseSecond(this, (one) => one instanceof Surehook);
    this.plan = planOnAws(props, Stack.of(this).region);
    this.#props = props;
    this.#removalPolicy = props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.#stageName = props.stageName ?? "prod";
    const visibilityTimeout = props.visibilityTimeout ?? Duration.seconds(300);
    this.key = new Key(this, "Key", {
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: this.#removalPolicy,
    });
    this.store = this.#openStore();
    this.flow = new Flow(this, "Flow", { visibilityTimeout, removalPolicy: this.#removalPolicy });
    const settings = this.#settings();
    const { store, flow } = this;
    const surroundings = { settings, store, flow, visibilityTimeout };
    this.functions = makeFunctions(this, this.plan, surroundings);
    this.destinations = this.#openDestinations();
    this.live = this.#openLive();
    this.tokens = this.#openTokens();
    const secrets = new SecretPlaces(this, "Secrets", {
      given: props.secrets ?? {},
      removalPolicy: this.#removalPolicy,
    });
    this.sourceSecrets = secrets.make("Sources", this.#sourceSecretNames());
    this.destinationSecrets = secrets.make("Destinations", this.plan.secrets.destinations);
    const isSealing = this.plan.learns || this.plan.tokens.length > 0;
    this.sealingSecret = isSealing ? secrets.makeRandom(sealingKey) : undefined;
    this.#giveSecrets(secrets);
    this.api = this.#openApi();
    for (const one of this.#allFunctions()) {
      one.setVariable("SUREHOOK_PUBLIC_URL", this.#publicUrl());
    }
    this.edge = this.#openEdge(secrets);
    this.alarms = new Alarms(this, "Alarms", {
      flow,
      functions: this.#allFunctions(),
      archiver: this.functions.archiver,
      topic: props.alarmTopic,
    });
    if (!props.retain) this.#cleanUp(settings);
    this.#tellPlaces(secrets);
    this.node.addValidation({
      validate: () => sizeMistakes(Stack.of(this), this.#allFunctions()),
    });
  }

  /** The API's address, without a path. */
  get url(): string {
    const { restApiId } = this.api.rest;
    const { region, urlSuffix } = Stack.of(this);
    return `https://${restApiId}.execute-api.${region}.${urlSuffix}/${this.#stageName}`;
  }

  /** Where senders post, as far as it is known when the functions are deployed. */
  #publicUrl(): string {
    const { gateway, cdn } = this.#props;
    const domain = ownDomain(cdn);
    return gateway.publicUrl ?? (domain === undefined ? this.url : `https://${domain}`);
  }

  #openStore(): Store {
    const { gateway, providers } = this.plan;
    return new Store(this, "Store", {
      removalPolicy: this.#removalPolicy,
      providers,
      retention: Duration.days(Math.ceil(gateway.retentionMs / Duration.days(1).toMilliseconds())),
      glacierAfter: this.#props.glacierAfter ?? Duration.days(90),
    });
  }

  #settings(): FunctionSettings {
    const { entry, functionNames = {}, environment, logLevel = "info", shards } = this.#props;
    const roles: FunctionRole[] = [
      ...rolesOf(this.plan),
      ...(this.#props.retain ? [] : (["cleaner"] as const)),
    ];
    return {
      key: this.key,
      architecture: this.#props.architecture ?? Architecture.ARM_64,
      memoryMb: this.#props.memoryMb ?? 512,
      logRetention: this.#logRetention(),
      removalPolicy: this.#removalPolicy,
      environment: {
        ...environment,
        SUREHOOK_LOG_LEVEL: logLevel,
        ...(shards === undefined ? {} : { SUREHOOK_SHARDS: String(shards) }),
      },
      nameOf: (role) => {
        const name = functionNames[role];
        return name === undefined ? undefined : this.#named(name);
      },
      codeOf: codeFor(this, { ...this.plan, entry, roles, environment }),
    };
  }

  #logRetention(): RetentionDays {
    return this.#props.logRetention ?? RetentionDays.ONE_MONTH;
  }

  #named(name: string): string {
    const { environmentSuffix } = this.#props;
    return environmentSuffix === undefined ? name : `${name}-${environmentSuffix}`;
  }

  #openDestinations(): DestinationResources {
    const made = new DestinationResources(this, "Destinations", {
      plan: this.plan,
      existing: this.#props.existing ?? {},
      removalPolicy: this.#removalPolicy,
      payloads: this.store.bucket,
      nameOf: (name) => this.#named(name),
    });
    const { consumer, archiver } = this.functions;
    made.give(consumer);
    if (this.#props.retries === "queue") {
      for (const one of [consumer, archiver]) one.setVariable("SUREHOOK_RETRIES", "queue");
    }
    return made;
  }

  #openLive(): LiveApi | undefined {
    const { live, broadcaster, consumer } = this.functions;
    if (live === undefined || broadcaster === undefined) return undefined;
    const { topicName } = this.#props;
    const opened = new LiveApi(this, "LiveClients", {
      live,
      broadcaster,
      store: this.store,
      stageName: this.#stageName,
      topicName: topicName === undefined ? undefined : this.#named(topicName),
      key: this.key,
      logRetention: this.#logRetention(),
      removalPolicy: this.#removalPolicy,
    });
    opened.grantPublish(consumer);
    return opened;
  }

  #openTokens(): TokenRefresh | undefined {
    const { refresher, consumer } = this.functions;
    return (
      refresher &&
      new TokenRefresh(this, "Tokens", {
        destinations: this.plan.tokens,
        refresher,
        consumer,
      })
    );
  }

  #sourceSecretNames(): readonly string[] {
    return [...new Set([...this.plan.secrets.sources, ...(this.#props.secretNames ?? [])])];
  }

  #giveSecrets(secrets: SecretPlaces): void {
    const { receiver, consumer, refresher, live } = this.functions;
    const { destinations } = this.plan.secrets;
    const key = refresher === undefined ? [] : [sealingKey];
    // What a source learns is sealed too.
    const learning = this.plan.learns ? [sealingKey] : [];
    if (this.#props.cdn) {
      secrets.makeRandom(originSecretName);
      receiver.setVariable("SUREHOOK_ORIGIN_SECRET", originSecretName);
    }
    const origin = this.#props.cdn ? [originSecretName] : [];
    secrets.give(receiver, [...this.#sourceSecretNames(), ...learning, ...origin]);
    secrets.give(consumer, [...destinations, ...key]);
    if (refresher !== undefined) secrets.give(refresher, [...destinations, ...key]);
    if (live !== undefined) secrets.give(live, this.plan.liveSecrets);
  }

  #openApi(): Api {
    const { receiver, authorizer } = this.functions;
    return new Api(this, "Api", {
      paths: this.plan.paths,
      receiver,
      authorizer,
      stageName: this.#stageName,
      throttle: this.#props.throttle ?? { perSecond: 1000, burst: 1000 },
      logRetention: this.#logRetention(),
      removalPolicy: this.#removalPolicy,
      setsLogRole: this.#props.setsLogRole ?? true,
    });
  }

  #openEdge(secrets: SecretPlaces): Edge {
    const { cdn = false, allowListByParameters = false } = this.#props;
    return buildEdge(this, {
      api: this.api,
      paths: this.plan.paths,
      stageName: this.#stageName,
      allowListByParameters,
      cdn,
      originSecret: cdn ? secrets.secretOf(originSecretName) : undefined,
    });
  }

  #allFunctions(): GatewayFunction[] {
    return Object.values(this.functions).filter((one) => one !== undefined);
  }

  /** What the command line has to know of a stack: `SUREHOOK_STORE=aws:<stack>`. */
  #tellPlaces(secrets: SecretPlaces): void {
    const { shards } = this.#props;
    const ofSources = secrets.placesOf(this.#sourceSecretNames()).slice(0, mostSecretOutputs);
    const places = {
      SurehookTable: this.store.table.tableName,
      SurehookBucket: this.store.bucket.bucketName,
      SurehookQueueUrl: this.flow.queue.queueUrl,
      SurehookBus: this.flow.bus.eventBusName,
      SurehookRetentionMs: String(this.plan.gateway.retentionMs),
      ...(shards === undefined ? {} : { SurehookShards: String(shards) }),
      ...(this.sealingSecret && { SurehookKeyArn: this.sealingSecret.secretArn }),
      ...Object.fromEntries(ofSources.map((place, n) => [`SurehookSecrets${n}`, place])),
    };
    for (const [name, value] of Object.entries(places)) {
      new CfnOutput(this, name, { value }).overrideLogicalId(name);
    }
  }

  /** Before the buckets are emptied the functions that fill them are gone. */
  #cleanUp(settings: FunctionSettings): void {
    const { resource } = new CleanUp(this, "CleanUp", {
      settings,
      buckets: [this.store.bucket, ...new Set(Object.values(this.destinations.buckets))],
      tokens: this.tokens,
    });
    for (const one of this.#allFunctions()) one.function.node.addDependency(resource);
  }
}
