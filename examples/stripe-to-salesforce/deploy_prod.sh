#!/usr/bin/env bash
# Deploys the prod stacks with the AWS profile ${AWS_PROFILE:-prod}; more arguments go to `cdk deploy`.
set -euo pipefail
cd "$(dirname "$0")"
export AWS_PROFILE="${AWS_PROFILE:-prod}"
# JSON with the signing secrets and what Salesforce's login needs; see README.md.
export STRIPE_SECRETS_NAME="${STRIPE_SECRETS_NAME:-prod/surehook-stripe-secrets}"
npx cdk deploy --all -c environmentSuffix=prod "$@"
