-- ARGV: 3 score of the claim, 4 most ms until the next look, then for each room: room, ms until the next look or -1
-- A room whose score is another by now was touched, or claimed again: it is left alone.
local claim, most = tonumber(ARGV[3]), tonumber(ARGV[4])
for i = 5, #ARGV, 2 do
  local room, wait = ARGV[i], tonumber(ARGV[i + 1])
  if tonumber(redis.call('ZSCORE', DUE, room)) == claim then
    if wait < 0 then redis.call('ZREM', DUE, room)
    else redis.call('ZADD', DUE, now + math.min(wait, most), room) end
  end
end
return 1
