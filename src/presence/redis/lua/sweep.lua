-- ARGV: 3 lease, 4 how many rooms at most, 5 ms for which they are claimed, 6 ms until a room is looked at after a gap
-- Answers {score of the claim, rooms to look at, nodes alive, nodes that were given up}.
local lease, limit, claim, check = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

-- Nobody swept for a whole lease: then nobody could reach this Redis, and leases ended without anybody's fault.
-- All get their time again, or the first node to come back would give up all the others.
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
