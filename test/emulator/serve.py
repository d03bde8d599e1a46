"""Starts MiniStack with the gaps filled that a deployed gateway meets.

Written for ministack==1.5.33; the names it patches are private, so look at each patch again
when that version changes. Every patch says what MiniStack does without it.
"""
import contextvars
import json
import os
import re
import string

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway, cloudwatch_logs, dynamodb, lambda_svc, s3, secretsmanager, waf
from ministack.services.cloudformation import provisioners

handlers = provisioners._RESOURCE_HANDLERS


def answer_of(response):
    status, _headers, raw = response
    data = json.loads(raw or b"{}")
    if status >= 400:
        raise ValueError(data.get("message") or data.get("Message") or str(data))
    return data


# WAFv2's IPSet and WebACLAssociation: a template with one of them is refused as a whole.
assert "AWS::WAFv2::IPSet" not in handlers, "MiniStack knows IPSet now: drop this patch"


def create_ip_set(logical_id, props, stack):
    name = props.get("Name") or provisioners._physical_name(stack, logical_id, max_len=128)
    made = answer_of(waf._create_ip_set({**props, "Name": name}))["Summary"]
    return f"{name}|{made['Id']}|{props['Scope']}", {"Arn": made["ARN"], "Id": made["Id"]}


def update_ip_set(physical_id, _old, new, _stack):
    name, uid, scope = physical_id.split("|")
    answer_of(waf._update_ip_set({"Id": uid, "Scope": scope, "Addresses": new["Addresses"]}))
    return physical_id, {"Arn": waf._ipset_arn(name, uid, scope), "Id": uid}


def delete_ip_set(physical_id, props):
    waf._delete_ip_set({"Id": physical_id.split("|")[1], "Scope": props["Scope"]})


def associate(_logical_id, props, _stack):
    answer_of(waf._associate_web_acl(dict(props)))
    return f"{props['ResourceArn']}|{props['WebACLArn']}", {}


handlers["AWS::WAFv2::IPSet"] = {
    "create": create_ip_set,
    "update": update_ip_set,
    "delete": delete_ip_set,
}
handlers["AWS::WAFv2::WebACLAssociation"] = {
    "create": associate,
    "update": lambda _id, _old, new, stack: associate("", new, stack),
    "delete": lambda _id, props: waf._disassociate_web_acl(props),
}


# Secrets: Ref gives the name where AWS gives the ARN, and ExcludePunctuation is not looked at.
def fill_secret_gaps():
    stock = dict(handlers["AWS::SecretsManager::Secret"])

    def name_of(physical_id):
        named = (name for name, it in secretsmanager._secrets.items() if it["ARN"] == physical_id)
        return next(named, physical_id)

    def excluding(props):
        generate = props.get("GenerateSecretString")
        if not generate or not generate.get("ExcludePunctuation"):
            return props
        excluded = generate.get("ExcludeCharacters", "") + string.punctuation
        return {**props, "GenerateSecretString": {**generate, "ExcludeCharacters": excluded}}

    def create(logical_id, props, stack):
        _name, attributes = stock["create"](logical_id, excluding(props), stack)
        return attributes["Arn"], attributes

    def update(physical_id, old, new, stack, logical_id=None):
        _name, attributes = stock["update"](
            name_of(physical_id), excluding(old), excluding(new), stack, logical_id=logical_id
        )
        return attributes.get("Arn", physical_id), attributes

    filled = {
        **stock,
        "create": create,
        "delete": lambda physical_id, props: stock["delete"](name_of(physical_id), props),
    }
    if stock.get("update"):
        filled["update"] = update
    handlers["AWS::SecretsManager::Secret"] = filled


fill_secret_gaps()


# Properties that are accepted and dropped: a bucket's lifecycle and tags, a table's TTL and recovery.
def also(resource_type, add):
    stock = handlers[resource_type]

    def create(logical_id, props, stack):
        physical_id, attributes = stock["create"](logical_id, props, stack)
        add(physical_id, props)
        return physical_id, attributes

    handlers[resource_type] = {**stock, "create": create}


def lifecycle_rule(rule):
    parts = [
        f"<ID>{rule.get('Id', '')}</ID><Status>{rule['Status']}</Status>",
        f"<Filter><Prefix>{rule.get('Prefix', '')}</Prefix></Filter>",
    ]
    for move in rule.get("Transitions", []):
        days, storage = move["TransitionInDays"], move["StorageClass"]
        parts.append(f"<Transition><Days>{days}</Days><StorageClass>{storage}</StorageClass></Transition>")
    if "ExpirationInDays" in rule:
        parts.append(f"<Expiration><Days>{rule['ExpirationInDays']}</Days></Expiration>")
    return f"<Rule>{''.join(parts)}</Rule>"


def add_to_bucket(name, props):
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags", [])}
    rules = (props.get("LifecycleConfiguration") or {}).get("Rules", [])
    if not rules:
        return
    text = f"<LifecycleConfiguration>{''.join(map(lifecycle_rule, rules))}</LifecycleConfiguration>"
    status, _headers, raw = s3._put_bucket_lifecycle(name, text.encode())
    if status >= 400:
        raise ValueError(raw.decode())


def add_to_table(name, props):
    ttl = props.get("TimeToLiveSpecification")
    if ttl:
        answer_of(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl}))
    recovery = props.get("PointInTimeRecoverySpecification")
    if recovery:
        wish = {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        answer_of(dynamodb._update_continuous_backups(wish))


also("AWS::S3::Bucket", add_to_bucket)
also("AWS::DynamoDB::Table", add_to_table)
also("AWS::DynamoDB::GlobalTable", add_to_table)


# A stage's method settings: CloudFormation escapes the path's slashes ("/~1stripe"); such a key never matches.
stock_method_settings = provisioners._apigw_method_settings


def unescaped(key):
    return key if key == "*/*" else "/" + key.lstrip("/").replace("~1", "/").lstrip("/")


provisioners._apigw_method_settings = lambda raw: {
    unescaped(key): value for key, value in stock_method_settings(raw).items()
}


# The hosts of execute-api: its Node worker sends calls to https://*.amazonaws.com to the emulator with
# their Host kept, but only "<id>.execute-api.$MINISTACK_HOST" is matched. With AWS's own names too, a
# stage's callback URL works for PostToConnection as it does on AWS.
own_host = re.escape(app._MINISTACK_HOST)
app._EXECUTE_API_RE = re.compile(
    rf"^([a-f0-9]{{8}})\.execute-api\.(?:{own_host}|[a-z0-9-]+\.amazonaws\.com)(?::\d+)?$"
)

# SQS's batches: each asks for the right of its single form, as on AWS, which knows no right of the batch's name.
stock_target_action = iam_actions._action_from_target
sqs_batch = re.compile(r"^(SendMessage|DeleteMessage|ChangeMessageVisibility)Batch$")


def single_action(headers):
    action = stock_target_action(headers)
    return action and sqs_batch.sub(r"\1", action)


iam_actions._action_from_target = single_action

# GetParameters is judged as if it asked for all of them; on AWS by each name. Here by the first.
stock_resource = iam_actions.extract_resource_arn


def resource_of(service, method, path, headers, body, *given):
    if service == "ssm" and stock_target_action(headers) == "GetParameters":
        body = json.dumps({"Name": json.loads(body)["Names"][0]}).encode()
    return stock_resource(service, method, path, headers, body, *given)


iam_actions.extract_resource_arn = resource_of

# What roles do: a line of JSON for each request that was judged, to the file that SUREHOOK_ACTS names. Compared
# with what they are granted (test/cdk/rights.test.ts) it shows rights that nothing uses.
acts = os.environ.get("SUREHOOK_ACTS")
if acts:
    stock_evaluate = iam_evaluator.evaluate

    def evaluate_and_note(context, *policies):
        result = stock_evaluate(context, *policies)
        act = [context.principal_arn, context.action, context.resource_arn, result.decision]
        with open(acts, "a") as file:
            file.write(json.dumps(act) + "\n")
        return result

    iam_evaluator.evaluate = evaluate_and_note

# A log that is deleted while its function still runs is made anew, whatever the role may do. On AWS that takes
# logs:CreateLogGroup, which no role of a gateway has.
stock_emit_logs = lambda_svc._emit_lambda_logs


def emit_into_what_is_there(function, *given, **named):
    logging = (function.get("config") or function).get("LoggingConfig") or {}
    group = logging.get("LogGroup")
    if group is None or group in cloudwatch_logs._log_groups:
        stock_emit_logs(function, *given, **named)


lambda_svc._emit_lambda_logs = emit_into_what_is_there

# A WebSocket is accepted without the subprotocol that $connect's answer names; clients then give up.
stock_websocket = apigateway.handle_websocket
stock_ws_invoke = apigateway._invoke_ws_lambda
named_subprotocol = contextvars.ContextVar("named_subprotocol", default=None)


async def invoke_and_note(*given, **named):
    answer = await stock_ws_invoke(*given, **named)
    for name, value in ((answer or {}).get("headers") or {}).items():
        if name.lower() == "sec-websocket-protocol":
            named_subprotocol.set(value)
    return answer


async def websocket_with_subprotocol(scope, receive, send, *given, **named):
    async def send_with(event):
        if event["type"] == "websocket.accept" and named_subprotocol.get() is not None:
            event = {**event, "subprotocol": named_subprotocol.get()}
        await send(event)

    named_subprotocol.set(None)
    await stock_websocket(scope, receive, send_with, *given, **named)


apigateway._invoke_ws_lambda = invoke_and_note
apigateway.handle_websocket = websocket_with_subprotocol

if __name__ == "__main__":
    app.main()
