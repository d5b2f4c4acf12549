-- ARGV: 4 lease, 5 stale, 6 number of live nodes, then these, then the dead nodes
-- Returns {change, milliseconds until the next sweep, or -1 if the room is empty}.
prune()
local lease, stale, alive, dead = tonumber(ARGV[4]), tonumber(ARGV[5]), {}, {}
local last = 6 + tonumber(ARGV[6])
for i = 7, last do alive[ARGV[i]] = true end
for i = last + 1, #ARGV do dead[ARGV[i]] = true end

local silent = silent_nodes(stale)
local wait = settle(load_all(), function(_, member)
  local node, age = member[NODE], now - member[SINCE]
  if dead[node] then return true end
  -- Neither alive nor dead: the node may have got its lease after the list was read.
  if not alive[node] then return age > lease end
  return age > stale and silent[node]
end)
return { finish(), wait }
