return redis.call('ZRANGEBYSCORE', LEASES, '(' .. now, '+inf')
