-- The common beginning of every node script.
-- KEYS: 1 leases, 2 dead, 3 due, 4 swept, 5 the prefix of each node's set of rooms.
-- ARGV: 1 time to live of all of these, 2 tombstone of a node (ms), then the script's own.
local LEASES, DEAD, DUE, SWEPT, ROOMS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local TTL, TOMBSTONE = tonumber(ARGV[1]), tonumber(ARGV[2])
local MAX_DEAD = 10000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREMRANGEBYSCORE', DEAD, '-inf', now)

-- Declares a node dead: its id is never used again, and all its rooms become due. Atomic, so that a crash cannot leave
-- rooms that no sweep finds. Returns those rooms.
local function give_up(node, due)
  redis.call('ZREM', LEASES, node)
  redis.call('ZADD', DEAD, now + TOMBSTONE, node)
  redis.call('ZREMRANGEBYRANK', DEAD, 0, -MAX_DEAD - 1)
  redis.call('PEXPIRE', DEAD, TOMBSTONE)
  local rooms = redis.call('ZRANGE', ROOMS .. node, 0, -1)
  for _, room in ipairs(rooms) do redis.call('ZADD', DUE, due, room) end
  redis.call('DEL', ROOMS .. node)
  redis.call('PEXPIRE', DUE, TTL)
  return rooms
end
