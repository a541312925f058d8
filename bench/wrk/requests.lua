-- Sends requests from a file: tokens in its first line, then one key, tab and body per line. `start` gives the path and whether each has a key of its own.
local sent, keys, bodies, tokens = 0, {}, {}, {}

function start(path, keyed)
  function init(args)
    local lines = io.lines(args[1])
    for token in lines():gmatch("%S+") do tokens[#tokens + 1] = token end
    for line in lines do
      local key, body = line:match("^(%S+)\t(.*)$")
      keys[#keys + 1], bodies[#bodies + 1] = key, body
    end
  end

  function request()
    local at = sent % #bodies + 1
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. tokens[sent % #tokens + 1] }
    if keyed then headers["Idempotency-Key"] = keys[at] end
    sent = sent + 1
    return wrk.format("POST", path, headers, bodies[at])
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"rate": %f, "p50": %f, "p99": %f, "failed": %d}\n', summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
end
