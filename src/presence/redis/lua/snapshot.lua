-- Returns the room as HGETALL does, in the epoch of its next change. With the epoch from before a loss of writes, a
-- reader could mistake the restored state for the one that it knows.
if epoch ~= (header[1] or '') then
  prune()
  redis.call('HSET', ROOM, 'e', epoch, 'r', reign)
end
return redis.call('HGETALL', ROOM)
