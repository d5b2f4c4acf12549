-- ARGV: 4 lease, 5 stale, 6 number of nodes alive, then those, then the nodes that were given up
-- Answers {change, milliseconds until somebody must look again, or -1 when the room is empty}.
prune()
local lease, stale, alive, dead = tonumber(ARGV[4]), tonumber(ARGV[5]), {}, {}
local last = 6 + tonumber(ARGV[6])
for i = 7, last do alive[ARGV[i]] = true end
for i = last + 1, #ARGV do dead[ARGV[i]] = true end

local silent = silent_nodes(stale)
local wait = settle(load_all(), function(_, member)
  local node, age = member[NODE], now - member[SINCE]
  if dead[node] then return true end
  -- Neither alive nor given up: perhaps its lease is younger than the list.
  if not alive[node] then return age > lease end
  return age > stale and silent[node]
end)
return { finish(), wait }
