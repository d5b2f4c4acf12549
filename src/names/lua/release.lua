-- KEYS: 1 name, 2 messages. ARGV: 1 connection. Answers 1 when the name was its own.
if redis.call('HGET', KEYS[1], 'connection') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
