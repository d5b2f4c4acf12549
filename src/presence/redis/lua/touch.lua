-- ARGV: 3 node, 4 ms until somebody must look at each room, 5 ms that a node's set remembers a room,
--       6 how many rooms the node has reconciled just now, then those, then the rooms that it enters.
local node, check, keep, entered = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), 7 + tonumber(ARGV[6])
local mine, dues = {}, {}
for i = 7, #ARGV do
  local room, due = ARGV[i], now + check
  if i >= entered then
    -- An away member's deadline must not be put off. But the score has to change: a sweep that found the room empty
    -- just before forgets it only under the score that it had then.
    local before = tonumber(redis.call('ZSCORE', DUE, room))
    if before and before + 1 < due then due = before + 1 end
  end
  mine[#mine + 1], mine[#mine + 2] = now, room
  dues[#dues + 1], dues[#dues + 2] = due, room
end
if not redis.call('ZSCORE', DEAD, node) then
  redis.call('ZADD', ROOMS .. node, unpack(mine))
  redis.call('ZREMRANGEBYSCORE', ROOMS .. node, '-inf', now - keep)
  redis.call('PEXPIRE', ROOMS .. node, TTL)
end
redis.call('ZADD', DUE, unpack(dues))
redis.call('PEXPIRE', DUE, TTL)
return 1
