-- KEYS: 1 name, 2 messages. ARGV: 1 sender. Answers how many messages of this sender were there.
local mine, count = ARGV[1] .. ' ', 0
for _, message in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if string.sub(message, 1, #mine) == mine then count = count + redis.call('LREM', KEYS[2], 1, message) end
end
return count
