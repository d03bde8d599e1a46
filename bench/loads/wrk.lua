-- Sends pre-signed requests, each once, from a file of lines "id signature"; prints its figures as JSON.
-- The text of a request is put together by hand: wrk.format costs the load's core as much as all the rest.
local lines = {}
local at = 0
local first, middle, last

function init(args)
  local path = args[1]
  local template = io.open(args[2]):read("*a")
  local mark = template:find("@ID@", 1, true)
  for line in io.lines(args[3]) do lines[#lines + 1] = line end
  local id = lines[1]:sub(1, lines[1]:find(" ", 1, true) - 1)
  first = table.concat({
    "POST " .. path .. " HTTP/1.1",
    "Host: " .. wrk.host .. ":" .. wrk.port,
    "Content-Type: application/json; charset=utf-8",
    "User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Accept: */*; q=0.5, application/xml",
    "Cache-Control: no-cache",
    "Content-Length: " .. (#template - 4 + #id),
    "Stripe-Signature: ",
  }, "\r\n")
  middle = "\r\n\r\n" .. template:sub(1, mark - 1)
  last = template:sub(mark + 4)
end

function request()
  at = at + 1
  if at > #lines then at = 1 end
  local line = lines[at]
  local space = line:find(" ", 1, true)
  return first .. line:sub(space + 1) .. middle .. line:sub(1, space - 1) .. last
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "\n@@{\"requests\":%d,\"micros\":%d,\"p50\":%d,\"p99\":%d,\"max\":%d,\"status\":%d,\"socket\":%d}\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
