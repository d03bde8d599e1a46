#!/usr/bin/env bash
# Deploys the prod stacks with the AWS profile ${AWS_PROFILE:-prod}; more arguments go to `cdk deploy`.
set -euo pipefail
cd "$(dirname "$0")"
export AWS_PROFILE="${AWS_PROFILE:-prod}"
npx cdk deploy --all --app "node infrastructure/webhooks.ts" -c environmentSuffix=prod "$@"
