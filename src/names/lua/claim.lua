-- KEYS: 1 name, 2 messages. ARGV: 1 node, 2 connection, 3 proof, 4 time to live (ms), 5 a node that is gone or '',
-- 6 'claim' or 'renew'. Answers {'taken', node} or {'claimed', node before or '', connection before or '', messages}.
local held = redis.call('HMGET', KEYS[1], 'node', 'connection', 'proof')
local node, connection, proof = held[1], held[2], held[3]
local ours = connection == ARGV[2]
if node and not ours and node ~= ARGV[5] and (ARGV[6] == 'renew' or proof ~= ARGV[3]) then return { 'taken', node } end
redis.call('HSET', KEYS[1], 'node', ARGV[1], 'connection', ARGV[2], 'proof', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local messages = redis.call('LRANGE', KEYS[2], 0, -1)
redis.call('DEL', KEYS[2])
if not node or ours then return { 'claimed', '', '', messages } end
return { 'claimed', node, connection, messages }
