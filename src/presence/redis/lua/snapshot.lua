-- Answers the room as HGETALL does, in the epoch that its next change will have: a reader that was told an epoch that
-- is over would take a copy that came back for the state that it knows.
if epoch ~= (header[1] or '') then
  prune()
  redis.call('HSET', ROOM, 'e', epoch, 'r', reign)
end
return redis.call('HGETALL', ROOM)
