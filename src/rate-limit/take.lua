-- The generic cell rate algorithm by Redis's own clock. KEYS[1]: the bucket. ARGV: burst, microseconds a token.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, token = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or now)
if full < now then full = now end
local wait = full - (burst - 1) * token - now
if wait > 0 then return math.ceil(wait / 1000) end
full = full + token
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
return 0
