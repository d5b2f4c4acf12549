-- KEYS: 1 name, 2 letters. ARGV: 1 sender. Answers how many letters of this sender were there.
local mine, count = ARGV[1] .. ' ', 0
for _, letter in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if string.sub(letter, 1, #mine) == mine then count = count + redis.call('LREM', KEYS[2], 1, letter) end
end
return count
