-- ARGV: 3 lease, 4 maximum rooms, 5 ms for which they are claimed, 6 ms until a room is swept after a gap
-- Returns {score of the claim, rooms to sweep, live nodes, dead nodes}.
local lease, limit, claim, check = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

-- If no node swept for a whole lease, Redis was unreachable, and leases expired although their nodes live. All are
-- extended; otherwise the first node that reconnects would declare all others dead.
local before = tonumber(redis.call('GET', SWEPT))
redis.call('SET', SWEPT, now, 'PX', TTL)
if not before or now - before > lease then
  for _, node in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', now)) do redis.call('ZADD', LEASES, now + lease, node) end
  for _, room in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now)) do redis.call('ZADD', DUE, now + check, room) end
end

for _, node in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', now)) do give_up(node, now) end

local rooms = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, limit)
for _, room in ipairs(rooms) do redis.call('ZADD', DUE, now + claim, room) end
return { now + claim, rooms, redis.call('ZRANGE', LEASES, 0, -1), redis.call('ZRANGE', DEAD, 0, -1) }
