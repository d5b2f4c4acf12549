-- ARGV: 3 score of the claim, 4 maximum ms until the next sweep, then for each room: room, ms until its next sweep or -1
-- A room whose score has changed was touched or claimed again since: it is left alone.
local claim, most = tonumber(ARGV[3]), tonumber(ARGV[4])
for i = 5, #ARGV, 2 do
  local room, wait = ARGV[i], tonumber(ARGV[i + 1])
  if tonumber(redis.call('ZSCORE', DUE, room)) == claim then
    if wait < 0 then redis.call('ZREM', DUE, room)
    else redis.call('ZADD', DUE, now + math.min(wait, most), room) end
  end
end
return 1
