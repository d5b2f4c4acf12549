-- ARGV: 3 node, 4 ms for which its rooms are claimed.   Returns the same as sweep.lua.
local rooms = give_up(ARGV[3], now + tonumber(ARGV[4]))
return { now + tonumber(ARGV[4]), rooms, redis.call('ZRANGE', LEASES, 0, -1), redis.call('ZRANGE', DEAD, 0, -1) }
