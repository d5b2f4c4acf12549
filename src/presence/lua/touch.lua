-- ARGV: 3 node, 4 room, 5 ms until somebody must look at the room, 6 ms that a node's set remembers a room, 7 reconciled
local node, room, check, keep = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
if not redis.call('ZSCORE', DEAD, node) then
  redis.call('ZADD', ROOMS .. node, now, room)
  redis.call('ZREMRANGEBYSCORE', ROOMS .. node, '-inf', now - keep)
  redis.call('PEXPIRE', ROOMS .. node, TTL)
end
local due = now + check
if ARGV[7] ~= '1' then
  -- An away member's deadline must not be put off. But the score has to change: a sweep that found the room empty
  -- just before forgets it only under the score that it had then.
  local before = tonumber(redis.call('ZSCORE', DUE, room))
  if before and before + 1 < due then due = before + 1 end
end
redis.call('ZADD', DUE, due, room)
redis.call('PEXPIRE', DUE, TTL)
return 1
