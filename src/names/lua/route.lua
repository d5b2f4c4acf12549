-- KEYS: 1 name, 2 messages. ARGV: 1 sender, 2 body, 3 how many messages may wait, 4 time to live (ms), 5 a node that is gone or ''.
-- Answers {'held', node, connection}, {'queued'} or {'full'}.
local held = redis.call('HMGET', KEYS[1], 'node', 'connection')
if held[1] and held[1] ~= ARGV[5] then return { 'held', held[1], held[2] } end
local waiting = redis.call('LLEN', KEYS[2])
if waiting >= tonumber(ARGV[3]) then return { 'full' } end
redis.call('RPUSH', KEYS[2], ARGV[1] .. ' ' .. ARGV[2])
-- From the first on: a sender that goes on must not keep what waits alive.
if waiting == 0 then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
return { 'queued' }
