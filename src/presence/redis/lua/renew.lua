-- ARGV: 3 node, 4 lease
if redis.call('ZSCORE', DEAD, ARGV[3]) then return 'dead' end
redis.call('ZADD', LEASES, now + tonumber(ARGV[4]), ARGV[3])
redis.call('PEXPIRE', LEASES, TTL)
return 'alive'
