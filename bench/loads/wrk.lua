-- Sends pre-signed requests, each once, from a file of lines "id signature"; prints its figures as JSON.
local lines = {}
local at = 0
local head, tail, path

function init(args)
  path = args[1]
  local template = io.open(args[2]):read("*a")
  local mark = template:find("@ID@", 1, true)
  head = template:sub(1, mark - 1)
  tail = template:sub(mark + 4)
  for line in io.lines(args[3]) do lines[#lines + 1] = line end
end

function request()
  at = at + 1
  if at > #lines then at = 1; wrapped = true end
  local line = lines[at]
  local space = line:find(" ", 1, true)
  local headers = {
    ["Content-Type"] = "application/json; charset=utf-8",
    ["User-Agent"] = "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    ["Accept"] = "*/*; q=0.5, application/xml",
    ["Cache-Control"] = "no-cache",
    ["Stripe-Signature"] = line:sub(space + 1),
  }
  return wrk.format("POST", path, headers, head .. line:sub(1, space - 1) .. tail)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "\n@@{\"requests\":%d,\"micros\":%d,\"p50\":%d,\"p99\":%d,\"max\":%d,\"status\":%d,\"socket\":%d}\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
