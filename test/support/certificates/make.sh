#!/bin/sh
# Makes the certificates beside it, valid from 2020 to 2120 (`expired.pem`: to 2021). The authority's
# keys are thrown away, so nobody can issue another; `own-key.pem` is the key of all others.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/index.txt"
cat >"$work/ca.cnf" <<CNF
[ca]
default_ca = ca_default
[ca_default]
new_certs_dir = $work
database = $work/index.txt
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy_any
[policy_any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
[own]
basicConstraints = critical, CA:false
[req]
distinguished_name = dn
[dn]
CNF

key() { openssl genrsa -out "$1" 2048 2>/dev/null; }
key own-key.pem
for name in root intermediate; do key "$work/$name.key"; done

# issue <file> <key> <common name> <alternative names> <section> <issuer, or -> <end>
issue() {
  openssl req -new -key "$2" -subj "/CN=$3" -config "$work/ca.cnf" -out "$work/one.csr"
  cp "$work/ca.cnf" "$work/one.cnf"
  [ "$4" = - ] || printf '[own]\nsubjectAltName = %s\n' "$4" >>"$work/one.cnf"
  if [ "$6" = - ]; then by="-selfsign -keyfile $2"; else by="-cert $6.pem -keyfile ${8:-$work/$6.key}"; fi
  # shellcheck disable=SC2086
  openssl ca -batch -notext -config "$work/one.cnf" -extensions "$5" $by -preserveDN \
    -startdate 20200101000000Z -enddate "$7" -in "$work/one.csr" -out "$1.pem" 2>"$work/log" ||
    { cat "$work/log"; exit 1; }
}

end=21200101000000Z
paypal=messageverificationcerts.paypal.com
issue root "$work/root.key" "Test Root" - authority - "$end"
issue intermediate "$work/intermediate.key" "Test Intermediate" - authority root "$end"
issue paypal own-key.pem "$paypal" "DNS:$paypal" own intermediate "$end"
issue expired own-key.pem "$paypal" "DNS:$paypal" own intermediate 20210101000000Z
issue other-name own-key.pem "notpaypal.com" "DNS:notpaypal.com,DNS:paypal.com.example.org" own intermediate "$end"
issue common-name-only own-key.pem "$paypal" "DNS:example.org" own intermediate "$end"
issue self-signed own-key.pem "$paypal" "DNS:$paypal" own - "$end"
issue by-no-authority own-key.pem "$paypal" "DNS:$paypal" own paypal "$end" own-key.pem
issue server own-key.pem "api.paypal.com" \
  "DNS:api.paypal.com,DNS:api.sandbox.paypal.com,DNS:api-m.paypal.com,DNS:api-m.sandbox.paypal.com" \
  own root "$end"
# Trusted by itself where a test stands in for senders that publish keys.
issue senders own-key.pem "senders" \
  "DNS:sns.us-east-1.amazonaws.com,DNS:www.googleapis.com,DNS:production.plaid.com,DNS:example.kinde.com,DNS:api.ebay.com,DNS:connect-install-keys.atlassian.com,DNS:rp-eastus2.eventgrid.azure.net,DNS:login.microsoftonline.com" \
  own - "$end"
