#!/usr/bin/env bash
# Deploys the dev stacks with the AWS profile ${AWS_PROFILE:-dev}; more arguments go to `cdk deploy`.
set -euo pipefail
cd "$(dirname "$0")"
export AWS_PROFILE="${AWS_PROFILE:-dev}"
npx cdk deploy --all --app "node infrastructure/webhooks.ts" -c environmentSuffix=dev "$@"
