import { CfnOutput } from "aws-cdk-lib";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution as CloudFront,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import type { ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { originHeader } from "./firewall.ts";
import type { SurehookProps } from "./props.ts";

/** CloudFront before the API. */
export type DistributionProps = {
  /** The API's host name. */
  readonly apiDomain: string;
  readonly stageName: string;
  readonly originSecret: ISecret | Secret;
  /** A domain of your own, and its certificate (in us-east-1). */
  readonly domain: { readonly names: string[]; readonly certificate: ICertificate } | undefined;
};

/** Passes every request on as it is, over TLS, with a header that shows where it came through. */
export class Distribution extends Construct {
  readonly cloudFront: CloudFront;

  constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    const { domain } = props;
    this.cloudFront = new CloudFront(this, "CloudFront", {
      defaultBehavior: {
        origin: new HttpOrigin(props.apiDomain, {
          originPath: `/${props.stageName}`,
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          // A reference that CloudFormation follows; the value is in no template.
          customHeaders: { [originHeader]: props.originSecret.secretValue.unsafeUnwrap() },
        }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // API Gateway finds its API by the host.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
      ...(domain === undefined
        ? {}
        : { domainNames: domain.names, certificate: domain.certificate }),
    });
    acknowledge(this.cloudFront, {
      CFR1: "Senders post from anywhere.",
      CFR2: "The firewall stands at the API, where requests that go round CloudFront are judged too.",
      CFR3: "API Gateway's access log has each request.",
      CFR4: "Without a domain of its own the certificate is CloudFront's, which sets the oldest TLS version itself.",
    });
  }
}

/** The name of one's own that senders post to: the first that is one name and not a pattern of many. */
export function ownDomain(cdn: SurehookProps["cdn"]): string | undefined {
  return typeof cdn === "object" ? cdn.names.find((name) => !name.includes("*")) : undefined;
}

/** Says where senders post. */
export function tellDomain(scope: Construct, { cloudFront }: Distribution): void {
  new CfnOutput(scope, "CloudFrontDomainName", { value: cloudFront.distributionDomainName });
}
