-- ARGV: 3 node, 4 ms until the next sweep of each room, 5 ms for which a node's set keeps a room,
--       6 number of rooms that the node reconciles, then these, then the rooms in which it attaches a peer.
local node, check, keep, entered = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), 7 + tonumber(ARGV[6])
local mine, dues = {}, {}
for i = 7, #ARGV do
  local room, due = ARGV[i], now + check
  if i >= entered then
    -- The sweep at the deadline of an away member must not be postponed. But the score must change: a sweep that has
    -- just found the room empty removes it only if its score is still the same.
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
